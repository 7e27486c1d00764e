import { DESCRIPTOR_LIMIT, sessionCapacity } from "../net/descriptors.ts";
import { LabelCounters } from "./counters.ts";
import type { Logger } from "./log.ts";

/** How often a reason is logged at most, in milliseconds. */
const LOG_EVERY_MS = 60_000;

/** Why the gateway closes a connection before it serves it. */
const REASONS = ["descriptors"] as const;

/** Counts the connections that are closed before they are served, and logs each reason once a minute at most. */
export class RefusedConnections {
  readonly counters: LabelCounters = new LabelCounters(REASONS);
  readonly #log: Logger;
  /** When each reason was logged last, with its count then. */
  readonly #logged = new Map<string, { readonly at: number; readonly count: number }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  add(reason: (typeof REASONS)[number], fields: Readonly<Record<string, unknown>>): void {
    this.counters.add(reason);
    const now = performance.now();
    const last = this.#logged.get(reason);
    if (last !== undefined && now - last.at < LOG_EVERY_MS) return;
    const count = this.counters.counts.get(reason) ?? 0;
    this.#logged.set(reason, { at: now, count });
    this.#log.warn({ reason, connections: count - (last?.count ?? 0), ...fields }, "connections refused");
  }
}

/** Warns when the system's limit does not allow as many sessions as the configuration does. */
export function warnOfDescriptors(log: Logger, max: number | null, processes: number): void {
  const capacity = sessionCapacity(processes);
  if (max === null || max <= capacity) return;
  const fields = { limit: DESCRIPTOR_LIMIT, sessions: capacity, max };
  log.warn(fields, "sessions.max needs more file descriptors than ulimit -n allows");
}
