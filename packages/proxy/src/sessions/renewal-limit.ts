import type { Clock } from "../time/clock.ts";
import { RateLimit } from "../time/rate-limit.ts";

/** How often a client may ask for a renewal: people and pages do so a few times an hour. */
const RENEWALS = { burst: 10, everyMs: 5000 };

/** Limits how often one client asks for a renewal, and counts what is above the limit. */
export class RenewalLimit {
  #limit: RateLimit | undefined;
  #refused = 0;

  /** Whether the client may ask now. */
  take(clock: Clock): boolean {
    // Most sessions never renew.
    this.#limit ??= new RateLimit(clock, RENEWALS);
    const isAllowed = this.#limit.take();
    if (!isAllowed) this.#refused += 1;
    return isAllowed;
  }

  /** How many were refused since this was asked last. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
