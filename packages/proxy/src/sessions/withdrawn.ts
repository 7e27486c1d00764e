import type { Clock } from "../time/clock.ts";
import type { Grant } from "../tokens/grant.ts";
import { Locks } from "./locks.ts";
import { RecentRevocations } from "./recent-revocations.ts";

/** What was taken away from sessions that may not know of it yet: revoked tokens, and what is locked. */
export class Withdrawn {
  readonly revocations: RecentRevocations;
  readonly locks: Locks = new Locks();

  constructor(clock: Clock) {
    this.revocations = new RecentRevocations(clock);
  }

  /**
   * To be called in the same turn in which a grant is assigned: what was withdrawn while an answer was waited for opens
   * and renews nothing (rule 12).
   *
   * @throws EndError `token_invalid` for a token that was revoked, `forbidden` where a lock applies.
   */
  refuse(grant: Grant, clientAddress: string): void {
    this.revocations.refuse(grant.tokenId);
    this.locks.refuse({ grant, clientAddress });
  }
}
