import { BurstLog } from "./burst-log.ts";
import type { Logger } from "./log.ts";

/** How many wrong keys an address may present in a {@link PERIOD_MS}. */
const MAX_PER_ADDRESS = 60;
const PERIOD_MS = 60_000;

/** How many addresses are told apart; more than that are counted as one. */
const MAX_ADDRESSES = 1000;

/** Test seam of {@link AuthenticationFailures}: milliseconds from an arbitrary start. */
type Now = () => number;

/** Counts requests to the admin API without the right key, and logs them together. */
export class AuthenticationFailures {
  readonly #bursts: BurstLog;
  readonly #now: Now;
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  #periodEnds = 0;

  constructor(log: Logger, now: Now = () => performance.now()) {
    this.#bursts = new BurstLog(log);
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
    this.#bursts.write({ client: address }, "admin authentication failed");
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
