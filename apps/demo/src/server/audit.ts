import type { AuditEvent } from "../api-types.ts";

/** How many events a page gets that comes later. */
const KEPT = 100;

const kinds: Readonly<Record<string, AuditEvent["kind"]>> = {
  "session opened": "opened",
  "session renewed": "renewed",
  "renewal refused": "refused",
  "session ended": "ended",
};

/** A line of the gateway's log, as far as the audit trail is concerned. */
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
}

/** Reads the audit trail out of the gateways' logs, keeps its end and tells what is new. */
export class Audit {
  readonly #events: AuditEvent[] = [];
  readonly #nameOf: (instance: string) => string;
  readonly #onEvent: (event: AuditEvent, instance: string | undefined) => void;
  #count = 0;

  /**
   * @param nameOf - the name of a machine, which the log has only the id of.
   * @param onEvent - gets each event, and the id of its machine.
   */
  constructor(
    nameOf: (instance: string) => string,
    onEvent: (event: AuditEvent, instance: string | undefined) => void,
  ) {
    this.#nameOf = nameOf;
    this.#onEvent = onEvent;
  }

  /** The last events, oldest first. */
  recent(): readonly AuditEvent[] {
    return [...this.#events];
  }

  /** Takes a line of a log. */
  take(text: string): void {
    const line = JSON.parse(text) as LogLine;
    if (line.level === "error" || line.level === "warn") process.stderr.write(text);
    const kind = kinds[line.msg];
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
    if (this.#events.length > KEPT) this.#events.shift();
    this.#onEvent(event, line.instance);
  }
}
