import type { Logger } from "./log.ts";

/** How often failures are logged at most, in milliseconds. */
const LOG_EVERY_MS = 10_000;

/** How many wrong keys an address may present in a {@link PERIOD_MS}. */
const MAX_PER_ADDRESS = 60;
const PERIOD_MS = 60_000;

/** How many addresses are told apart; more than that are counted as one. */
const MAX_ADDRESSES = 1000;

/** Test seam of {@link AuthenticationFailures}: milliseconds from an arbitrary start. */
type Now = () => number;

/** Counts requests to the admin API without the right key, and logs them together. */
export class AuthenticationFailures {
  readonly #log: Logger;
  readonly #now: Now;
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  #periodEnds = 0;
  #loggedAt = -Infinity;
  #loggedCount = 0;

  constructor(log: Logger, now: Now = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** Since the start. */
  get count(): number {
    return this.#count;
  }

  /**
   * Counts a failure.
   *
   * @returns for how many more seconds the address should be refused without a further look; undefined for not at all.
   */
  add(address: string): number | undefined {
    const now = this.#now();
    this.#count += 1;
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#log.warn({ client: address, failures: this.#count - this.#loggedCount }, "admin authentication failed");
      this.#loggedAt = now;
      this.#loggedCount = this.#count;
    }
    if (now >= this.#periodEnds) {
      this.#byAddress.clear();
      this.#periodEnds = now + PERIOD_MS;
    }
    const key = this.#byAddress.has(address) || this.#byAddress.size < MAX_ADDRESSES ? address : "";
    const failures = (this.#byAddress.get(key) ?? 0) + 1;
    this.#byAddress.set(key, failures);
    return failures > MAX_PER_ADDRESS ? Math.ceil((this.#periodEnds - now) / 1000) : undefined;
  }
}
