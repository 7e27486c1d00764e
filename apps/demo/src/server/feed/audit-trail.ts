import type { AuditEvent } from "../../api-types.ts";

/** How many events are kept for pages that connect later. */
const MAX_EVENTS = 100;

const KINDS: Readonly<Record<string, AuditEvent["kind"]>> = {
  "session opened": "opened",
  "session renewed": "renewed",
  "renewal refused": "refused",
  "session ended": "ended",
};

/** The one line without a warning that is printed: it ends what a warning began. */
const STORE_IS_BACK = "the cluster's store is back";

/** The fields of a log line that the audit trail uses. */
interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly session?: string;
  readonly instance?: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly duration_ms?: number;
  readonly late_ms?: number;
  readonly err?: { readonly message: string };
  /** Another gateway that the line is about. */
  readonly gateway?: string;
}

/** Reads audit events from the gateways' logs, keeps the most recent ones and reports new ones. */
export class AuditTrail {
  readonly #events: AuditEvent[] = [];
  readonly #nameOf: (instance: string) => string;
  readonly #onEvent: (event: AuditEvent, instance: string | undefined) => void;
  #count = 0;

  /**
   * @param nameOf - maps the id of a machine, which the log contains, to its name
   * @param onEvent - receives each event and the id of its machine
   */
  constructor(
    nameOf: (instance: string) => string,
    onEvent: (event: AuditEvent, instance: string | undefined) => void,
  ) {
    this.#nameOf = nameOf;
    this.#onEvent = onEvent;
  }

  /** The most recent events, oldest first. */
  recent(): readonly AuditEvent[] {
    return [...this.#events];
  }

  /**
   * Processes a line of a gateway's log.
   * @param gateway - one of several, which is named where the line is printed
   */
  addLogLine(text: string, gateway?: string): void {
    const line = JSON.parse(text) as LogLine;
    if (line.level === "error" || line.level === "warn" || line.msg === STORE_IS_BACK) {
      if (gateway === undefined) process.stderr.write(text);
      // The page shows those of sessions.
      else if (line.session === undefined)
        console.error([gateway, line.msg, line.err?.message ?? line.gateway ?? []].flat().join(": "));
    }
    const kind = KINDS[line.msg];
    if (kind === undefined) return;
    const { reason, detail, duration_ms: durationMs, late_ms: lateMs } = line;
    const event: AuditEvent = {
      id: (this.#count += 1),
      at: line.time,
      kind,
      name: line.instance === undefined ? "unknown" : this.#nameOf(line.instance),
      session: line.session ?? "",
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(lateMs === undefined ? {} : { lateMs }),
    };
    this.#events.push(event);
    if (this.#events.length > MAX_EVENTS) this.#events.shift();
    this.#onEvent(event, line.instance);
  }
}
