import { logError, type Logger } from "../telemetry/log.ts";
import { inTime } from "../time/in-time.ts";
import type { TokenSource } from "../tokens/source.ts";

/** How long a health check may take, in milliseconds. */
const CHECK_MS = 2000;

/** How long the answer is remembered, in milliseconds. */
const REMEMBER_MS = 1000;

/** Test seams of {@link HealthChecks}, in milliseconds. */
export interface HealthTimes {
  readonly checkMs: number;
  readonly rememberMs: number;
}

/** What is asked for its health, such as a token source, with its name for the log and for `/readyz`. */
export interface NamedCheck {
  readonly name: string;
  readonly source: Pick<TokenSource, "health">;
}

/** Whether all that sessions need is well now: what lookups ask, the listener, and what must be written. */
export class HealthChecks {
  readonly #parts: () => readonly NamedCheck[];
  readonly #log: Logger;
  readonly #times: HealthTimes;
  /** What was not ready when it was asked last. */
  readonly #unready = new Set<string>();
  #answer: Promise<readonly string[]> | undefined;
  /** Until when the answer counts, on the monotonic clock. */
  #until = 0;

  /** @param parts - asked each time: token sources can be replaced. */
  constructor(
    parts: () => readonly NamedCheck[],
    log: Logger,
    times: HealthTimes = { checkMs: CHECK_MS, rememberMs: REMEMBER_MS },
  ) {
    this.#parts = parts;
    this.#log = log;
    this.#times = times;
  }

  /** The names of those that are not ready. Never rejects. */
  async unready(): Promise<readonly string[]> {
    if (this.#answer === undefined || performance.now() > this.#until) {
      this.#until = Infinity;
      this.#answer = this.#checkAll();
    }
    return await this.#answer;
  }

  async #checkAll(): Promise<readonly string[]> {
    const parts = this.#parts();
    try {
      await Promise.all(parts.map((part) => this.#check(part)));
    } finally {
      this.#until = performance.now() + this.#times.rememberMs;
    }
    return parts.map(({ name }) => name).filter((name) => this.#unready.has(name));
  }

  async #check({ name, source }: NamedCheck): Promise<void> {
    try {
      await inTime(async (signal) => await source.health?.(signal), this.#times.checkMs);
      if (this.#unready.delete(name)) this.#log.info({ name }, "ready again");
    } catch (error) {
      const isKnown = this.#unready.has(name);
      this.#unready.add(name);
      if (!isKnown) logError(this.#log, { level: "warn", error, name }, "not ready");
    }
  }
}
