import type { Clock } from "./clock.ts";

/** How often something may be done: a number of times at once, and then again after a time each. */
export interface Rate {
  readonly burst: number;
  /** Milliseconds. */
  readonly everyMs: number;
}

/** Limits how often something is done: a token bucket. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #rate: Rate;
  #left: number;
  #since: number;

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#rate = rate;
    this.#left = rate.burst;
    this.#since = clock.monotonic();
  }

  /** Whether it may be done once more now; if so, that counts. */
  take(): boolean {
    const { burst, everyMs } = this.#rate;
    const now = this.#clock.monotonic();
    this.#left = Math.min(burst, this.#left + (now - this.#since) / everyMs);
    this.#since = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
