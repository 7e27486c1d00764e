import { Bursts } from "./bursts.ts";
import type { Logger } from "./log.ts";

interface BurstLine {
  readonly fields: Record<string, unknown>;
  readonly message: string;
  readonly level: NonNullable<BurstOptions["level"]>;
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

/** Logs what a client without a token can cause at will, in {@link Bursts}; `more` is the number of those between. */
export class BurstLog {
  readonly #bursts: Bursts<BurstLine>;

  /** @param periodMs - test seam, in milliseconds. */
  constructor(log: Logger, periodMs?: number) {
    const write = ({ fields, message, level }: BurstLine, more: number): void =>
      log[level](more === 0 ? fields : { ...fields, more }, message);
    this.#bursts = new Bursts(write, periodMs);
  }

  write(fields: Record<string, unknown>, message: string, options: BurstOptions = {}): void {
    const { level = "warn", kind = "", singly = 1 } = options;
    this.#bursts.add(`${message} ${kind}`, { fields, message, level }, singly);
  }
}
