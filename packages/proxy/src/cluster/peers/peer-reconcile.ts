import type { SessionControl } from "../../control/session-control.ts";
import { TOKEN_REVOKED } from "../../control/token-revoker.ts";
import type { ForeignToken } from "../../tokens/grant.ts";
import type { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import { revokeHere } from "./peer-handlers.ts";
import type { PeerLink } from "./peer-link.ts";
import type { PeerLocks } from "./peer-locks.ts";
import type { PeerRevocations } from "./peer-revocations.ts";
import type { PeerState } from "./peer-schemas.ts";
import type { PeerTokenStore } from "./peer-tokens.ts";

/** How many parts the list of a peer's locks may have. */
const MAX_LOCK_PAGES = 250;

/** Of how many tokens sessions are ended at once. */
const BATCH = 100;

/** How this gateway's own sessions are reached. */
export interface OwnPeerSessions {
  readonly control: SessionControl;
  /** The tokens of peers that its sessions were opened with, or renewed last, of all processes. */
  readonly foreignTokens: () => Promise<readonly ForeignToken[]>;
}

/** What a {@link PeerReconciler} is made with. */
export interface PeerReconcilerOptions {
  readonly sessions: OwnPeerSessions;
  readonly own: SqliteTokenStore;
  readonly store: PeerTokenStore;
  readonly locks: PeerLocks;
  readonly revocations: PeerRevocations;
}

/**
 * Brings this gateway to the state of a peer, with each of its answers. What gateways tell each other at once only makes
 * it faster: whatever is lost on the way is found here, as each gateway reads what the others have.
 */
export class PeerReconciler {
  readonly #options: PeerReconcilerOptions;
  /** By the address of a peer, up to where it was read. */
  readonly #revisions = new Map<string, string>();
  readonly #locks = new Map<string, string>();
  /** Revocations of theirs that took effect here. */
  readonly #taken = new Map<string, Set<string>>();

  constructor(options: PeerReconcilerOptions) {
    this.#options = options;
  }

  /**
   * @param isNew - whether the peer was away, or has started anew.
   * @throws Error when it could not be done, or not completely.
   */
  async reconcile(link: PeerLink, state: PeerState, isNew: boolean): Promise<void> {
    // A process of this gateway that hangs does not hold up what concerns the others.
    await allOf([
      this.#endRevoked(link, state, isNew),
      this.#learnLocks(link, state),
      this.#takeRevocations(link, state),
      this.#options.revocations.tell(link),
    ]);
  }

  /** Forgets what was read of a peer that is none any more. */
  leave({ url }: PeerLink): void {
    for (const read of [this.#revisions, this.#locks, this.#taken]) read.delete(url);
  }

  /** Ends the sessions whose token the peer has revoked, or does not know any more. */
  async #endRevoked(link: PeerLink, { revision }: PeerState, isNew: boolean): Promise<void> {
    if (!isNew && this.#revisions.get(link.url) === revision) return;
    const { store, sessions } = this.#options;
    const its = (await sessions.foreignTokens()).flatMap(({ issuer, tokenId }) => (issuer === link.url ? tokenId : []));
    const tokenIds = [...new Set([...its, ...store.openingOf(link.url)])];
    const ended = await store.findEnded(link, tokenIds);
    await inBatches(ended, async (tokenId) => await this.#end(tokenId));
    this.#revisions.set(link.url, revision);
  }

  /** @throws Error when a process of this gateway does not answer. */
  async #end(tokenId: string): Promise<void> {
    const { unavailable } = await this.#options.sessions.control.end({ by: "token", tokenId }, TOKEN_REVOKED);
    const [silent] = unavailable;
    if (silent !== undefined) throw new Error(`${silent.member}: ${silent.reason}`);
  }

  async #learnLocks(link: PeerLink, state: PeerState): Promise<void> {
    const { locks } = this.#options;
    // Also when nothing is new: some may not be written yet.
    await locks.learn([]);
    if (this.#locks.get(link.url) === state.locks) return;
    let after: string | null = "";
    for (let page = 0; after !== null; page += 1) {
      if (page >= MAX_LOCK_PAGES) throw new Error(`it has more than ${MAX_LOCK_PAGES} pages of locks`);
      const answer: Awaited<ReturnType<typeof link.ask<"locks">>> = await link.ask<"locks">({ type: "locks", after });
      await locks.learn(answer.locks);
      after = answer.next;
    }
    this.#locks.set(link.url, state.locks);
  }

  /**
   * Makes revocations hold here that wait at the peer: of tokens of this gateway, and of those of another peer, which it
   * may not reach although this gateway does.
   */
  async #takeRevocations(link: PeerLink, { unwritten }: PeerState): Promise<void> {
    const { own, sessions, revocations } = this.#options;
    revocations.hear(link, unwritten);
    const before = this.#taken.get(link.url);
    const taken = new Set(unwritten.filter((tokenId) => before?.has(tokenId) === true));
    this.#taken.set(link.url, taken);
    const left = unwritten.filter((tokenId) => !taken.has(tokenId));
    await inBatches(left, async (tokenId) => {
      const record = await own.get(tokenId);
      if (record === undefined) await this.#end(tokenId);
      else if (record.revokedAt === undefined) await revokeHere(tokenId, { own, control: sessions.control });
      taken.add(tokenId);
    });
  }
}

/** Does it with all of them, also after one that fails. @throws the first error. */
async function inBatches(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  let failure: unknown;
  for (let start = 0; start < ids.length; start += BATCH) {
    await allOf(ids.slice(start, start + BATCH).map(work)).catch((error: unknown) => {
      failure ??= error;
    });
  }
  if (failure !== undefined) throw failure;
}

/** @throws the first error, once all have ended. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
