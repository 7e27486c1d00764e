import { randomUUID } from "node:crypto";
import type { ComputeTarget } from "./compute-target.ts";

/**
 * The version of the object `Instance` in requests, that of nova-compute 2023.1: each release from there to 2026.2 accepts
 * it as it is. For one that is newer than its own, nova-compute would ask the conductor.
 */
const INSTANCE_VERSION = "2.7";

/** What nova-compute needs to know of a machine: columns of its row in the table `instances`. */
export interface NovaInstance {
  readonly id: number;
  readonly uuid: string;
  /** The compute service that has the machine; null while none has. */
  readonly host: string | null;
  /** The hypervisor, by which Ironic finds the machine. */
  readonly node: string | null;
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly displayName: string | null;
  readonly hostname: string | null;
}

/** The console that a token is for. */
export interface ConsolePort {
  readonly instance: NovaInstance;
  /** `console_auth_tokens.port`. */
  readonly port: number;
  /** `console_auth_tokens.console_type`, such as `novnc`. */
  readonly consoleType: string;
}

/** What a request is sent with. */
export interface RequestIds {
  /** Names the request in its answer. */
  readonly messageId: string;
  /** The queue for the answer. */
  readonly replyQueue: string;
}

/**
 * The body of a call of `validate_console_port`: oslo.messaging's envelope 2.0 around the method, its arguments as
 * primitives of oslo.versionedobjects, and an administrator's context. A field of the machine that is missing here is
 * loaded by nova-compute through the conductor, so all that its drivers and `instance_name_template` use are sent.
 */
export function consolePortRequest(console: ConsolePort, target: ComputeTarget, ids: RequestIds): Buffer {
  const { instance } = console;
  const message = {
    method: "validate_console_port",
    args: {
      instance: {
        "nova_object.name": "Instance",
        "nova_object.namespace": "nova",
        "nova_object.version": INSTANCE_VERSION,
        "nova_object.data": {
          id: instance.id,
          uuid: instance.uuid,
          host: instance.host,
          node: instance.node,
          user_id: instance.userId,
          project_id: instance.projectId,
          display_name: instance.displayName,
          hostname: instance.hostname,
        },
      },
      // A string: nova-compute compares it with one.
      port: String(console.port),
      console_type: console.consoleType,
    },
    version: target.version,
    _msg_id: ids.messageId,
    _reply_q: ids.replyQueue,
    // No heartbeats while nova-compute works on the answer: the gateway waits for less than the time between two.
    _timeout: null,
    _unique_id: uniqueId(),
    ...contextOfAdministrator(),
  };
  return Buffer.from(JSON.stringify({ "oslo.version": "2.0", "oslo.message": JSON.stringify(message) }));
}

/** A new name for a request or a queue, as oslo.messaging makes them. */
export function uniqueId(): string {
  return randomUUID().replaceAll("-", "");
}

/** What Nova's `get_admin_context` sends of itself. By `request_id`, nova-compute's log tells the requests apart. */
function contextOfAdministrator(): Readonly<Record<`_context_${string}`, unknown>> {
  return {
    _context_user_id: null,
    _context_project_id: null,
    _context_is_admin: true,
    _context_read_deleted: "no",
    _context_roles: [],
    _context_request_id: `req-${randomUUID()}`,
    // Without the letter Z, as `oslo_utils.timeutils.parse_strtime` wants it.
    _context_timestamp: new Date().toISOString().slice(0, -1),
  };
}
