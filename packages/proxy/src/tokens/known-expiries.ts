import { type Clock, CLOCK_TOLERANCE_MS, nowOf } from "../time/clock.ts";

/** How many tokens are remembered; those that were looked up first are dropped first. */
const MAX_KNOWN = 10_000;

interface Expiry {
  /** When access ends, in milliseconds since the epoch. */
  readonly wall: number;
  /** The same instant on the monotonic clock, as it was when the token was looked up first. */
  readonly monotonic: number;
}

/**
 * When the tokens that were looked up expire by the monotonic clock, so that a wall clock that is set back opens none of
 * them again and gives none of them more time. They are named by digest, so that no token is kept.
 */
export class KnownExpiries {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #known = new Map<number, Expiry>();

  /** @param max - test seam. */
  constructor(clock: Clock, max: number = MAX_KNOWN) {
    this.#clock = clock;
    this.#max = max;
  }

  get size(): number {
    return this.#known.size;
  }

  /**
   * When a token expires.
   *
   * @param digest - the token's SHA-256.
   * @param wall - what its source says, in milliseconds since the epoch.
   * @param mayMove - whether the source may say an earlier instant later. What counts from the first use becomes earlier
   *   only when the clock was set back, and later only when the first use has been forgotten.
   * @returns `wall`, or an earlier instant if the wall clock has been set back since the token was looked up first.
   */
  settle(digest: Buffer, wall: number, mayMove: boolean): number {
    const now = nowOf(this.#clock);
    // 48 bits: no two of so few tokens have them in common.
    const key = digest.readUIntBE(0, 6);
    const known = this.#known.get(key);
    if (known !== undefined && (known.wall === wall || (!mayMove && wall < known.wall))) {
      const byMonotonic = now.wall + known.monotonic - now.monotonic;
      return byMonotonic < wall - CLOCK_TOLERANCE_MS ? byMonotonic : wall;
    }
    this.#known.delete(key);
    this.#known.set(key, { wall, monotonic: now.monotonic + wall - now.wall });
    const [first] = this.#known.size > this.#max ? this.#known.keys() : [];
    if (first !== undefined) this.#known.delete(first);
    return wall;
  }
}
