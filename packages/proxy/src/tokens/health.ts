import type { Logger } from "../telemetry/log.ts";
import type { NamedSource } from "./open.ts";
import { unlessAborted } from "./shared-lookup.ts";

/** How long a health check may take, in milliseconds. */
const CHECK_MS = 2000;

/** How long the answer is remembered, in milliseconds. */
const REMEMBER_MS = 1000;

/** Test seams of {@link TokenHealth}, in milliseconds. */
export interface TokenHealthTimes {
  readonly checkMs: number;
  readonly rememberMs: number;
}

/** Whether lookups would be answered now. */
export class TokenHealth {
  readonly #parts: readonly NamedSource[];
  readonly #log: Logger;
  readonly #times: TokenHealthTimes;
  /** What was not ready when it was asked last. */
  readonly #unready = new Set<string>();
  #answer: Promise<readonly string[]> | undefined;
  /** Until when the answer counts, on the monotonic clock. */
  #until = 0;

  constructor(
    parts: readonly NamedSource[],
    log: Logger,
    times: TokenHealthTimes = { checkMs: CHECK_MS, rememberMs: REMEMBER_MS },
  ) {
    this.#parts = parts;
    this.#log = log;
    this.#times = times;
  }

  /** The names of the store and the sources that are not ready. */
  async unready(): Promise<readonly string[]> {
    if (this.#answer === undefined || performance.now() > this.#until) {
      this.#until = Infinity;
      this.#answer = this.#checkAll();
    }
    return await this.#answer;
  }

  async #checkAll(): Promise<readonly string[]> {
    await Promise.all(this.#parts.map((part) => this.#check(part)));
    this.#until = performance.now() + this.#times.rememberMs;
    return this.#parts.map(({ name }) => name).filter((name) => this.#unready.has(name));
  }

  async #check({ name, source }: NamedSource): Promise<void> {
    try {
      await inTime(async (signal) => await source.health?.(signal), this.#times.checkMs);
      if (this.#unready.delete(name)) this.#log.info({ name }, "ready again");
    } catch (error) {
      if (!this.#unready.has(name)) this.#log.warn({ name, err: error }, "not ready");
      this.#unready.add(name);
    }
  }
}

async function inTime(check: (signal: AbortSignal) => Promise<void>, timeoutMs: number): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    await unlessAborted(check(late.signal), late.signal);
  } finally {
    clearTimeout(timer);
  }
}
