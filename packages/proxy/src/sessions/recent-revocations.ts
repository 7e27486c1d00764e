import { EndError } from "../end-reason.ts";
import type { Clock } from "../time/clock.ts";

/**
 * How long a revocation is remembered, in milliseconds. A look-up that began before the revocation takes at most
 * a sixth of this; one that begins later finds the token revoked in its store.
 */
const REMEMBER_MS = 60_000;

/**
 * The tokens that were revoked lately. A look-up that was under way when its token was revoked may still answer
 * with the grant; checking the answer here closes that gap.
 */
export class RecentRevocations {
  readonly #clock: Clock;
  /** Token ids with the monotonic time of their revocation, oldest first. */
  readonly #revoked = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Revocations that are remembered. */
  get size(): number {
    return this.#revoked.size;
  }

  add(tokenId: string): void {
    this.#forgetOld();
    this.#revoked.delete(tokenId);
    this.#revoked.set(tokenId, this.#clock.monotonic());
  }

  has(tokenId: string): boolean {
    this.#forgetOld();
    return this.#revoked.has(tokenId);
  }

  /**
   * A token that is revoked while an answer is waited for opens and renews nothing (rule 12). To be called in the same
   * turn in which the grant is assigned.
   *
   * @throws EndError `token_invalid` for a token that was revoked.
   */
  refuse(tokenId: string): void {
    if (this.has(tokenId)) throw new EndError("token_invalid", "the token was revoked");
  }

  #forgetOld(): void {
    const before = this.#clock.monotonic() - REMEMBER_MS;
    for (const [tokenId, at] of this.#revoked) {
      if (at > before) return;
      this.#revoked.delete(tokenId);
    }
  }
}
