import type { StoreSession } from "../../cluster-store/session.ts";
import { digestId, idOfDigest } from "../token-id.ts";
import { Recent } from "./recent.ts";

/**
 * How long after its expiry a used token is kept, in milliseconds: a day longer than first uses are, so that a token
 * without an expiry of its own is not new again before it may be.
 */
const KEEP_MS = 31 * 24 * 60 * 60 * 1000;

/** How many used tokens the store keeps. With more, single-use tokens open nothing until some are forgotten. */
const MAX_USED = 1_000_000;

/** How many first uses the store keeps; the tokens whose last use is the longest ago are dropped first. */
const MAX_FIRST_USES = 1_000_000;

/** How many of what was written last are written again after a failover, and how many with one command. */
const MAX_RECENT = 10_000;
const BATCH = 500;

/** How many of them the store keeps at most. */
export interface UseLimits {
  readonly used: number;
  readonly firstUses: number;
}

/** The first uses of tokens, and the single-use tokens that were used. The store has nothing but digests of them. */
export class StoredUses {
  readonly #limits: UseLimits;
  readonly #recentFirst = new Recent<number>(MAX_RECENT);
  readonly #recentUsed = new Recent<number>(MAX_RECENT);

  /** @param limits - test seam. */
  constructor(limits: UseLimits = { used: MAX_USED, firstUses: MAX_FIRST_USES }) {
    this.#limits = limits;
  }

  /** As `firstUse` of a store. */
  async firstUse(store: StoreSession, digest: Uint8Array, now: number): Promise<number> {
    const id = idOfDigest(Buffer.from(digest));
    const first = await store.uses.firstUse(id, Math.round(now), this.#limits.firstUses);
    this.#recentFirst.set(id, first);
    return first;
  }

  /** As `useOnce` of a store. */
  async useOnce(store: StoreSession, tokenId: string, expiresAt: number): Promise<boolean> {
    const id = digestId(tokenId);
    const keptUntil = Math.round(Math.max(expiresAt, Date.now()) + KEEP_MS);
    const isFirst = await store.uses.useOnce(id, keptUntil, this.#limits.used);
    this.#recentUsed.set(id, keptUntil);
    return isFirst;
  }

  /** As `wasUsed` of a store. */
  async wasUsed(store: StoreSession, tokenId: string): Promise<boolean> {
    return await store.uses.wasUsed(digestId(tokenId));
  }

  /** Writes again what a failover of the store may have lost. */
  async writeAgain(store: StoreSession): Promise<void> {
    const merging: Promise<void>[] = [];
    for (const batch of this.#recentUsed.batches(BATCH)) merging.push(store.uses.mergeUsed(batch));
    for (const batch of this.#recentFirst.batches(BATCH)) merging.push(store.uses.mergeFirstUses(batch));
    await Promise.all(merging);
  }
}
