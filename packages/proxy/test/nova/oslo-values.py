"""Prints what oslo.config reads, for each case of a JSON file: {"my_ip", "cases": [{"args", "env"}]}.

A case is null when oslo.config refuses it as a whole. A value is {"value": ...}, or null when it is refused.
"""
import json
import logging
import os
import sys

from oslo_config import cfg, types

logging.disable(logging.CRITICAL)


def old(name=None):
    return {'deprecated_group': 'DEFAULT', 'deprecated_name': name}


def groups(my_ip):
    """The options as Nova, oslo.log, oslo.db and oslo.messaging register them, and whether they are flags."""
    schemes = types.String(choices=[('none', ''), ('vencrypt', '')])
    yield None, True, [
        cfg.StrOpt('record'),
        cfg.BoolOpt('daemon', default=False),
        cfg.BoolOpt('ssl_only', default=False),
        cfg.BoolOpt('source_is_ipv6', default=False),
        cfg.StrOpt('cert', default='self.pem'),
        cfg.StrOpt('key'),
        cfg.StrOpt('web'),
        cfg.BoolOpt('debug', short='d', default=False),
        cfg.StrOpt('log-config-append', deprecated_name='log-config'),
        cfg.StrOpt('log-file', deprecated_name='logfile'),
        cfg.StrOpt('log-dir', deprecated_name='logdir'),
        cfg.BoolOpt('watch-log-file', default=False),
        cfg.BoolOpt('use-syslog', default=False),
        cfg.BoolOpt('use-journal', default=False),
        cfg.BoolOpt('use-json', default=False),
    ]
    yield None, False, [
        cfg.BoolOpt('use_stderr', default=False),
        cfg.StrOpt('host', default='node-1'),
        cfg.StrOpt('my_ip', default=my_ip),
        cfg.StrOpt('transport_url'),
        cfg.IntOpt('rpc_response_timeout', default=60),
        cfg.StrOpt('control_exchange', default='nova'),
    ]
    yield 'vnc', True, [
        cfg.StrOpt('novncproxy_host', default='0.0.0.0', **old()),
        cfg.PortOpt('novncproxy_port', default=6080, **old()),
        cfg.ListOpt('auth_schemes', item_type=schemes, default=['none']),
        cfg.StrOpt('vencrypt_client_key'),
        cfg.StrOpt('vencrypt_client_cert'),
        cfg.StrOpt('vencrypt_ca_certs'),
    ]
    yield 'serial_console', False, [
        cfg.StrOpt('serialproxy_host', default='0.0.0.0'),
        cfg.PortOpt('serialproxy_port', default=6083),
    ]
    yield 'spice', False, [
        cfg.HostAddressOpt('html5proxy_host', default='0.0.0.0'),
        cfg.PortOpt('html5proxy_port', default=6082),
    ]
    yield 'remote_debug', True, [cfg.StrOpt('host'), cfg.StrOpt('port')]
    yield None, True, [cfg.StrOpt('log-date-format'), cfg.StrOpt('syslog-log-facility')]
    yield 'console', False, [
        cfg.ListOpt('allowed_origins', default=[], **old('console_allowed_origins')),
        cfg.StrOpt('ssl_ciphers'),
        cfg.StrOpt('ssl_minimum_version', default='default',
                   choices=[(name, '') for name in ('default', 'tlsv1_1', 'tlsv1_2', 'tlsv1_3')]),
    ]
    yield 'consoleauth', False, [
        cfg.IntOpt('token_ttl', default=600, min=0, **old('console_token_ttl')),
        cfg.BoolOpt('enforce_session_timeout', default=False),
    ]
    yield 'database', False, [
        cfg.StrOpt('connection', deprecated_opts=[
            cfg.DeprecatedOpt('sql_connection', group='DEFAULT'),
            cfg.DeprecatedOpt('sql_connection', group='DATABASE'),
            cfg.DeprecatedOpt('connection', group='sql'),
        ]),
    ]
    yield 'api_database', False, [cfg.StrOpt('connection')]
    yield 'upgrade_levels', False, [cfg.StrOpt('compute')]
    yield 'oslo_messaging_rabbit', False, [
        cfg.StrOpt('rabbit_login_method'),
        cfg.BoolOpt('rabbit_transient_quorum_queue'),
        cfg.IntOpt('rabbit_transient_queues_ttl'),
        cfg.IntOpt('heartbeat_timeout_threshold'),
        cfg.BoolOpt('ssl', deprecated_name='rabbit_use_ssl'),
        cfg.StrOpt('ssl_ca_file', deprecated_name='kombu_ssl_ca_certs'),
        cfg.StrOpt('ssl_cert_file', deprecated_name='kombu_ssl_certfile'),
        cfg.StrOpt('ssl_key_file', deprecated_name='kombu_ssl_keyfile'),
        cfg.BoolOpt('ssl_enforce_hostname_verification'),
    ]


def read(case, my_ip):
    conf = cfg.ConfigOpts()
    names = []
    for group, is_cli, options in groups(my_ip):
        (conf.register_cli_opts if is_cli else conf.register_opts)(options, group=group)
        names += [(group, option.dest) for option in options]
    os.environ.update(case['env'])
    try:
        conf(case['args'], project='absent', default_config_files=[], default_config_dirs=[])
        values = {}
        for group, name in names:
            key = '%s.%s' % (group or 'DEFAULT', name)
            try:
                values[key] = {'value': conf[name] if group is None else conf[group][name]}
            except Exception:
                values[key] = None
        return values
    except (Exception, SystemExit):
        return None
    finally:
        for name in case['env']:
            del os.environ[name]


with open(sys.argv[1], encoding='utf-8') as file:
    question = json.load(file)
answer = sys.stdout
# Where help and errors go.
sys.stdout = sys.stderr = open(os.devnull, 'w')
json.dump([read(case, question['my_ip']) for case in question['cases']], answer)
