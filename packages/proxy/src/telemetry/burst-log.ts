import type { Logger } from "./log.ts";

/** How often the same thing is logged at most, in milliseconds. */
const PERIOD_MS = 10_000;

interface Burst {
  /** How many were not logged in this period. */
  more: number;
  /** The last of them. */
  fields: Record<string, unknown>;
}

/**
 * Logs what a client without a token can cause at will: the first at once, and then once a period the last with the
 * number of those between (`more`), until a period passes without one.
 */
export class BurstLog {
  readonly #log: Logger;
  readonly #periodMs: number;
  readonly #bursts = new Map<string, Burst>();

  /** @param periodMs - test seam, in milliseconds. @defaultValue 10,000 */
  constructor(log: Logger, periodMs: number = PERIOD_MS) {
    this.#log = log;
    this.#periodMs = periodMs;
  }

  /** @param kind - tells apart what has the same message. One of a fixed set, because each is remembered. */
  warn(fields: Record<string, unknown>, message: string, kind = ""): void {
    const key = `${message} ${kind}`;
    const burst = this.#bursts.get(key);
    if (burst !== undefined) {
      burst.more += 1;
      burst.fields = fields;
      return;
    }
    this.#bursts.set(key, { more: 0, fields });
    this.#log.warn(fields, message);
    this.#lookLater(key, message);
  }

  #lookLater(key: string, message: string): void {
    setTimeout(() => {
      const burst = this.#bursts.get(key);
      if (burst === undefined || burst.more === 0) return void this.#bursts.delete(key);
      this.#log.warn({ ...burst.fields, more: burst.more }, message);
      burst.more = 0;
      this.#lookLater(key, message);
    }, this.#periodMs).unref();
  }
}
