import type { Logger } from "./log.ts";

/** How often the same thing is logged at most, in milliseconds. */
const PERIOD_MS = 10_000;

interface Burst {
  /** How many more are logged one by one. */
  singly: number;
  /** How many were not logged in this period. */
  more: number;
  /** The last of them. */
  fields: Record<string, unknown>;
}

/** How a burst is logged. */
export interface BurstOptions {
  /** @defaultValue `warn` */
  readonly level?: "info" | "warn" | "error";
  /** Tells apart what has the same message. One of a fixed set, because each is remembered. */
  readonly kind?: string;
  /** How many are logged one by one before the others are only counted. @defaultValue 1 */
  readonly singly?: number;
}

/**
 * Logs what a client without a token can cause at will: the first, or the first few, at once, and then once a period the
 * last with the number of those between (`more`), until a period passes without one.
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

  write(fields: Record<string, unknown>, message: string, options: BurstOptions = {}): void {
    const { level = "warn", kind = "", singly = 1 } = options;
    const key = `${message} ${kind}`;
    const known = this.#bursts.get(key);
    const burst = known ?? { singly, more: 0, fields };
    if (known === undefined) this.#bursts.set(key, burst);
    if (burst.singly > 0) {
      burst.singly -= 1;
      this.#log[level](fields, message);
    } else {
      burst.more += 1;
      burst.fields = fields;
    }
    if (known === undefined) this.#lookLater(key, level, message);
  }

  #lookLater(key: string, level: NonNullable<BurstOptions["level"]>, message: string): void {
    setTimeout(() => {
      const burst = this.#bursts.get(key);
      if (burst === undefined || burst.more === 0) return void this.#bursts.delete(key);
      this.#log[level]({ ...burst.fields, more: burst.more }, message);
      burst.more = 0;
      this.#lookLater(key, level, message);
    }, this.#periodMs).unref();
  }
}
