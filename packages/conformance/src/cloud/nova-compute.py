"""nova-compute as far as validate_console_port goes, on oslo.messaging and oslo.versionedobjects.

Arguments: the transport URL, the host, and the port of its consoles. Prints a line of JSON when it listens, and one for each
call. The port 5999 is never answered. A display_name that is the name of an exception is raised. Ends when its standard input
does.
"""

import json
import os
import sys
import threading

import oslo_messaging
from oslo_config import cfg
from oslo_versionedobjects import base, fields


@base.VersionedObjectRegistry.register
class Instance(base.VersionedObject):
    OBJ_SERIAL_NAMESPACE = "nova_object"
    OBJ_PROJECT_NAMESPACE = "nova"
    # That of Nova 2024.1 to 2026.2.
    VERSION = "2.8"
    fields = {
        "id": fields.IntegerField(),
        "uuid": fields.UUIDField(),
        "host": fields.StringField(nullable=True),
        "node": fields.StringField(nullable=True),
        "user_id": fields.StringField(nullable=True),
        "project_id": fields.StringField(nullable=True),
        "display_name": fields.StringField(nullable=True),
        "hostname": fields.StringField(nullable=True),
        "compute_id": fields.IntegerField(nullable=True),
    }


class Serializer(base.VersionedObjectSerializer):
    OBJ_BASE_CLASS = Instance


lock = threading.Lock()


def say(**line):
    with lock:
        print(json.dumps(line), flush=True)


class Manager:
    target = oslo_messaging.Target(version="6.3")

    def __init__(self, port):
        self.port = port

    def validate_console_port(self, ctxt, instance, port, console_type):
        say(context=ctxt, uuid=instance.uuid, name=instance.display_name, port=port, type=console_type)
        if port == "5999":
            threading.Event().wait()
        if instance.display_name.endswith(("Error", "NotFound", "Unavailable")):
            raise type(instance.display_name, (Exception,), {})("of %s" % instance.uuid)
        return port == self.port


def leave_with_parent():
    sys.stdin.read()
    os._exit(0)


def main(url, host, port):
    threading.Thread(target=leave_with_parent, daemon=True).start()
    conf = cfg.ConfigOpts()
    conf([])
    transport = oslo_messaging.get_rpc_transport(conf, url=url)
    target = oslo_messaging.Target(exchange="nova", topic="compute", server=host)
    server = oslo_messaging.get_rpc_server(
        transport,
        target,
        [Manager(port)],
        executor="threading",
        serializer=Serializer(),
        access_policy=oslo_messaging.DefaultRPCAccessPolicy,
    )
    server.start()
    say(listening=True)
    server.wait()


main(*sys.argv[1:])
