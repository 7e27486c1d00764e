import type { Lock, LockEffect } from "../tokens/lock.ts";
import type { EndCommand, Selection } from "./selection.ts";
import type { MemberAnswers, SessionControl, SessionsEnded } from "./session-control.ts";

/** How long after the first order the same one counts as that one, in milliseconds. */
const SAME_MS = 2000;

/** How many orders are remembered. */
const MAX_REMEMBERED = 1000;

interface Remembered {
  readonly until: number;
  readonly effect: Promise<LockEffect>;
}

/**
 * Controls the sessions of one gateway, which is told twice of a lock or a revocation of another one: it is asked, and reads
 * it in the store that they share. Whichever comes first ends the sessions; both answer how many there were.
 */
export class RecentEffects implements SessionControl {
  readonly #own: SessionControl;
  readonly #remembered = new Map<string, Remembered>();
  readonly list: SessionControl["list"];
  readonly get: SessionControl["get"];
  readonly extend: SessionControl["extend"];
  readonly unlock: SessionControl["unlock"];

  constructor(own: SessionControl) {
    this.#own = own;
    this.list = async (page, filter) => await own.list(page, filter);
    this.get = async (id) => await own.get(id);
    this.extend = async (id, expiresAt) => await own.extend(id, expiresAt);
    this.unlock = async (id) => await own.unlock(id);
  }

  async end(selection: Selection, command: EndCommand): Promise<SessionsEnded> {
    const ending = this.#own.end(selection, command);
    if (selection.by !== "token") return await ending;
    const effect = ending.then(({ ended }) => ({ ended, expiresAt: undefined }));
    const { ended } = await this.#withEarlier(`token ${selection.tokenId}`, effect);
    return { ...(await ending), ended };
  }

  async lock(lock: Lock): Promise<MemberAnswers & LockEffect> {
    const locking = this.#own.lock(lock);
    const effect = locking.then(({ ended, expiresAt }) => ({ ended, expiresAt }));
    const both = await this.#withEarlier(`lock ${lock.id} ${lock.createdAt}`, effect);
    return { ...(await locking), ...both };
  }

  /** Both effects together. One that fails has none. */
  async #withEarlier(key: string, effect: Promise<LockEffect>): Promise<LockEffect> {
    const now = performance.now();
    const earlier = this.#remembered.get(key);
    const both = earlier === undefined || earlier.until < now ? effect : sum(earlier.effect, effect);
    this.#remembered.delete(key);
    this.#remembered.set(key, { until: now + SAME_MS, effect: both });
    const [oldest] = this.#remembered.keys();
    if (oldest !== undefined && this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(oldest);
    return await both;
  }
}

async function sum(first: Promise<LockEffect>, second: Promise<LockEffect>): Promise<LockEffect> {
  const [before, after] = await Promise.all([first.catch(() => undefined), second]);
  return { ended: (before?.ended ?? 0) + after.ended, expiresAt: before?.expiresAt ?? after.expiresAt };
}
