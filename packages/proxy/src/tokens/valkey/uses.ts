import type { StoreClient } from "../../valkey/client.ts";
import { digestId, idOfDigest } from "../token-id.ts";
import type { TokenKeys } from "./keys.ts";
import { Recent } from "./recent.ts";
import { FIRST_USE, MERGE_FIRST_USES, MERGE_USED, USE_ONCE } from "./scripts.ts";

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
  readonly #keys: TokenKeys;
  readonly #limits: UseLimits;
  readonly #recentFirst = new Recent<number>(MAX_RECENT);
  readonly #recentUsed = new Recent<number>(MAX_RECENT);

  /** @param limits - test seam. */
  constructor(keys: TokenKeys, limits: UseLimits = { used: MAX_USED, firstUses: MAX_FIRST_USES }) {
    this.#keys = keys;
    this.#limits = limits;
  }

  /** As `firstUse` of a store. */
  async firstUse(client: StoreClient, digest: Uint8Array, now: number): Promise<number> {
    const { firstUses, lastUses } = this.#keys;
    const id = idOfDigest(Buffer.from(digest));
    const args = [id, String(Math.round(now)), String(this.#limits.firstUses)];
    const first = toNumber(await FIRST_USE.run(client, [firstUses, lastUses], args));
    this.#recentFirst.set(id, first);
    return first;
  }

  /** As `useOnce` of a store. */
  async useOnce(client: StoreClient, tokenId: string, expiresAt: number): Promise<boolean> {
    const id = digestId(tokenId);
    const keptUntil = Math.round(Math.max(expiresAt, Date.now()) + KEEP_MS);
    const isFirst = toNumber(
      await USE_ONCE.run(client, [this.#keys.used], [id, String(keptUntil), String(this.#limits.used)]),
    );
    this.#recentUsed.set(id, keptUntil);
    return isFirst === 1;
  }

  /** As `wasUsed` of a store. */
  async wasUsed(client: StoreClient, tokenId: string): Promise<boolean> {
    return (await client.zScore(this.#keys.used, digestId(tokenId))) !== null;
  }

  /** Writes again what a failover of the store may have lost. */
  async writeAgain(client: StoreClient): Promise<void> {
    const { used, firstUses, lastUses } = this.#keys;
    const merging: Promise<unknown>[] = [];
    for (const batch of this.#recentUsed.batches(BATCH)) {
      const args = batch.flatMap(([id, keptUntil]) => [String(keptUntil), id]);
      merging.push(MERGE_USED.run(client, [used], args));
    }
    for (const batch of this.#recentFirst.batches(BATCH)) {
      const args = batch.flatMap(([id, first]) => [id, String(first)]);
      merging.push(MERGE_FIRST_USES.run(client, [firstUses, lastUses], args));
    }
    await Promise.all(merging);
  }
}

function toNumber(answer: unknown): number {
  const number = typeof answer === "string" && answer !== "" ? Number(answer) : answer;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new Error("expected a whole number of the cluster's store");
}
