import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ConnectionPart, StoreConnection } from "../../cluster-store/connection.ts";
import type { ListedToken, LogEntry, StoreSession } from "../../cluster-store/session.ts";
import { EndError } from "../../end-reason.ts";
import { formatPosition, pageLimit, type PageRequest, parsePosition } from "../../paging.ts";
import { sha256 } from "../../sha256.ts";
import { logError, type Logger } from "../../telemetry/log.ts";
import type { Lock } from "../lock.ts";
import { StoreError, type TokenPage, type TokenRecord, type TokenRequest, type TokenStore } from "../store.ts";
import { StoredLocks, type StoredVersion } from "./locks.ts";
import { LogFollower } from "./log.ts";
import { decodeRecord, encodeRecord, isStoredTokenId, storedTokenId, toRecord } from "./record.ts";
import { Recent } from "./recent.ts";
import { StoredUses } from "./uses.ts";

/** How many revocations are kept that this gateway has made or heard of, to write them again after a failover. */
const MAX_REVOKED = 20_000;

/**
 * How long a lookup may take to become a session that is listed, in milliseconds, and how many lookups are kept for that
 * long.
 */
const OPENING_MS = 60_000;
const MAX_OPENING = 50_000;

/** How long an expired token is kept, so that its user reads "expired" and not "unknown", in milliseconds. */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

/** How many tokens one command revokes or asks for. */
const BATCH = 200;

/** Tokens that are revoked together. */
interface RevocationBatch {
  readonly tokenIds: string[];
  /** Their records, in the same order, as the store has them then. */
  readonly records: Promise<readonly (string | null)[]>;
}

/** What {@link ClusterTokenStore} is made with. */
export interface ClusterTokenStoreOptions {
  readonly log: Logger;
}

/**
 * The token store of a cluster. The record of a token is what counts: what gateways tell each other is
 * only faster, and after each time that the connection is made, the tokens of all sessions are looked up again.
 *
 * Tokens are stored only as SHA-256; a token has 256 random bits, so the digest needs neither salt nor stretching.
 */
export class ClusterTokenStore implements TokenStore {
  readonly parts: readonly ConnectionPart[];
  readonly #log: Logger;
  readonly #changes = new LogFollower();
  readonly #locks: StoredLocks;
  readonly #uses = new StoredUses();
  /** Tokens that are known to be revoked, whatever the store says. */
  readonly #revoked = new Recent<undefined>(MAX_REVOKED);
  /** Those of them that this gateway was asked to revoke, and which are not written yet. */
  readonly #unwritten = new Recent<undefined>(MAX_REVOKED);
  /** When tokens were looked up whose sessions may not be listed yet, on the monotonic clock. */
  readonly #opening = new Recent<number>(MAX_OPENING);
  /** Those that are written in the next turn of the event loop. */
  #revoking: RevocationBatch | undefined;
  readonly #revocationListeners: ((tokenId: string) => void)[] = [];
  readonly #lockListeners: ((ids?: readonly string[]) => void)[] = [];
  #live: () => Promise<readonly string[]> = async () => [];
  #attached: StoreConnection | undefined;

  constructor({ log }: ClusterTokenStoreOptions) {
    this.#log = log;
    this.#locks = new StoredLocks(log);
    this.parts = [
      {
        prepare: async (store) => await this.#prepare(store),
        beat: async (store) => await this.#writeAgain(store),
        follow: async (reader, contact) => await this.#changes.follow(reader, this.#listener, contact),
      },
    ];
  }

  /** From now on the store is used over this connection, which has {@link parts}. */
  attach(connection: StoreConnection): void {
    this.#attached = connection;
  }

  /**
   * Says whose tokens are looked up again when the connection was made, as other gateways may have revoked them meanwhile.
   *
   * @param ask - gives the ids of the tokens of all sessions, also of those that are opening, of all processes of the
   *   gateway. While it rejects there is no connection. The store forgets a token a day after its expiry: leave out those
   *   whose expiry is longer ago, which a gateway that does not enforce deadlines has.
   */
  watchLive(ask: () => Promise<readonly string[]>): void {
    this.#live = ask;
  }

  async resolve(token: string): Promise<TokenRecord | undefined> {
    const digest = sha256(token);
    const tokenId = storedTokenId(digest);
    const found = await this.#lookUp(async (store) => await store.tokens.read(tokenId));
    const record = toRecord(tokenId, found, digest);
    if (record === undefined || record.revokedAt !== undefined || this.#revoked.has(tokenId)) return undefined;
    this.#opening.set(tokenId, performance.now());
    this.#opening.dropWhile((at) => at < performance.now() - OPENING_MS);
    return record;
  }

  async find(token: string): Promise<TokenRecord | undefined> {
    const digest = sha256(token);
    const tokenId = storedTokenId(digest);
    return await this.#run(async (store) => toRecord(tokenId, await store.tokens.read(tokenId), digest));
  }

  async get(tokenId: string): Promise<TokenRecord | undefined> {
    if (!isStoredTokenId(tokenId)) return undefined;
    return await this.#run(async (store) => toRecord(tokenId, await store.tokens.read(tokenId)));
  }

  async list(page: PageRequest = {}): Promise<TokenPage> {
    const limit = pageLimit(page.limit);
    const after = page.after === undefined ? undefined : parsePosition(page.after);
    let behind = after && { createdAt: after.at, tokenId: after.id };
    const tokens: TokenRecord[] = [];
    // One more than the page has, to know whether there is another one.
    while (tokens.length <= limit) {
      const listed = await this.#run(async (store) => await store.tokens.list(behind, limit + 1));
      tokens.push(...(await this.#run(async (store) => await this.#readListed(store, listed))));
      if (listed.length <= limit) break;
      behind = listed.at(-1);
    }
    const shown = tokens.slice(0, limit);
    const last = tokens.length > limit ? shown.at(-1) : undefined;
    return { tokens: shown, next: last && formatPosition({ at: last.createdAt, id: last.tokenId }) };
  }

  async issue(request: TokenRequest): Promise<{ token: string; record: TokenRecord }> {
    const token = randomBytes(32).toString("base64url");
    const digest = sha256(token);
    const createdAt = Date.now();
    const record: TokenRecord = {
      tokenId: storedTokenId(digest),
      type: request.type,
      endpoint: request.endpoint,
      instance: request.instance,
      name: request.name,
      user: request.user,
      access: request.access ?? "control",
      ...(request.singleUse === true && { singleUse: true }),
      ...(request.maxSessions !== undefined && { maxSessions: request.maxSessions }),
      createdAt,
      expiresAt: Math.round(createdAt + request.ttlMs),
      revokedAt: undefined,
    };
    await this.#run(async (store) => {
      const keptUntil = record.expiresAt + KEEP_EXPIRED_MS;
      await store.tokens.issue({ ...record, record: encodeRecord(record, digest), keptUntil });
    });
    return { token, record };
  }

  async revoke(tokenId: string): Promise<TokenRecord | undefined> {
    if (!isStoredTokenId(tokenId)) return undefined;
    // First, so that it is refused here, and written later if that fails now.
    this.#revoked.set(tokenId, undefined);
    this.#unwritten.set(tokenId, undefined);
    const found = await this.#revokeWithOthers(tokenId);
    if (found === null || found === undefined) return undefined;
    if (found !== "") return decodeRecord(tokenId, found).record;
    this.#log.error({ token_id: tokenId }, "the cluster's store has a malformed record of a revoked token");
    return undefined;
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    return await this.#lookUp(async (store) => await this.#uses.firstUse(store, digest, now));
  }

  async useOnce(tokenId: string, expiresAt: number): Promise<boolean> {
    return await this.#lookUp(async (store) => await this.#uses.useOnce(store, tokenId, expiresAt));
  }

  async wasUsed(tokenId: string): Promise<boolean> {
    return await this.#lookUp(async (store) => await this.#uses.wasUsed(store, tokenId));
  }

  onRevoked(listener: (tokenId: string) => void): void {
    this.#revocationListeners.push(listener);
  }

  locks(): readonly Lock[] {
    return this.#locks.all;
  }

  async putLock(lock: Lock): Promise<void> {
    this.#locks.expect(lock);
    await this.#run(async (store) => await this.#locks.write(store, lock.id, lock));
  }

  async removeLock(id: string): Promise<void> {
    await this.#run(async (store) => await this.#locks.write(store, id, undefined));
  }

  /**
   * Reads a lock of which another gateway has told.
   *
   * @throws StoreError
   */
  async readLock(id: string): Promise<StoredVersion | undefined> {
    await this.#run(async (store) => await this.#locks.read(store, [id]));
    return this.#locks.find(id);
  }

  onLocksChanged(listener: (ids?: readonly string[]) => void): void {
    this.#lockListeners.push(listener);
  }

  async health(): Promise<void> {
    await this.#connection.health();
  }

  /** The connection stays: others use it, too. */
  async close(): Promise<void> {}

  get #connection(): StoreConnection {
    if (this.#attached === undefined) throw new Error("the token store has no connection");
    return this.#attached;
  }

  /** @throws StoreError */
  async #run<T>(work: (store: StoreSession) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.run(work);
    } catch (error) {
      throw new StoreError(error instanceof Error ? error.message : String(error));
    }
  }

  /** For what opens a session. @throws EndError `server_busy` */
  async #lookUp<T>(work: (store: StoreSession) => Promise<T>): Promise<T> {
    try {
      this.#connection.checkSettled();
      return await this.#connection.run(work);
    } catch (cause) {
      throw new EndError("server_busy", "the gateway cannot ask its cluster's store now", { cause });
    }
  }

  /** Those of the tokens that are neither expired nor revoked. */
  async #readListed(store: StoreSession, listed: readonly ListedToken[]): Promise<readonly TokenRecord[]> {
    const now = Date.now();
    const found = await Promise.all(listed.map(async ({ tokenId }) => await store.tokens.read(tokenId)));
    return listed.flatMap(({ tokenId }, index) => {
      try {
        const record = toRecord(tokenId, found[index] ?? "");
        return record !== undefined && record.revokedAt === undefined && record.expiresAt > now ? record : [];
      } catch (error) {
        logError(this.#log, { level: "error", error, token_id: tokenId }, "a token cannot be listed");
        return [];
      }
    });
  }

  async #revokeAll(store: StoreSession, tokenIds: readonly string[]): Promise<readonly (string | null)[]> {
    const records = await store.tokens.revoke(tokenIds);
    for (const tokenId of tokenIds) this.#unwritten.delete(tokenId);
    return records;
  }

  /** One after the other, thousands would take longer than a connection over a long line may take to be made. */
  async #revokeRecent(store: StoreSession, recent: Recent<undefined>): Promise<void> {
    const batches = [...recent.batches(BATCH)].map((batch) => batch.map(([tokenId]) => tokenId));
    await Promise.all(batches.map(async (tokenIds) => await this.#revokeAll(store, tokenIds)));
  }

  /** Thousands of revocations at once take a hundredth of the commands. */
  async #revokeWithOthers(tokenId: string): Promise<string | null | undefined> {
    const batch = (this.#revoking ??= this.#beginRevoking());
    const index = batch.tokenIds.push(tokenId) - 1;
    if (batch.tokenIds.length === BATCH) this.#revoking = undefined;
    return (await batch.records)[index];
  }

  #beginRevoking(): RevocationBatch {
    const tokenIds: string[] = [];
    const records = setImmediate().then(async () => {
      if (this.#revoking === batch) this.#revoking = undefined;
      return await this.#run(async (store) => await this.#revokeAll(store, tokenIds));
    });
    const batch = { tokenIds, records };
    return batch;
  }

  /** Writes what could not be written when it was asked for: the connection may have been made by then, or lost nothing. */
  async #writeAgain(store: StoreSession): Promise<void> {
    await this.#revokeRecent(store, this.#unwritten);
    if (this.#locks.hasUnwritten) await this.#locks.reconcile(store);
  }

  async #prepare(store: StoreSession): Promise<void> {
    await this.#changes.seekEnd(store);
    await this.#reconcile(store);
  }

  /** Brings this gateway and the store to the same state, whichever of them has lost something. */
  async #reconcile(store: StoreSession): Promise<void> {
    await this.#locks.reconcile(store);
    this.#tellLocks();
    await this.#revokeRecent(store, this.#revoked);
    await this.#uses.writeAgain(store);
    const live = new Set((await this.#live()).filter(isStoredTokenId));
    for (const batch of this.#opening.batches(BATCH)) for (const [tokenId] of batch) live.add(tokenId);
    await this.#checkAll(store, [...live]);
  }

  /** Tells which of these tokens are revoked, or not in the store. */
  async #checkAll(store: StoreSession, tokenIds: readonly string[]): Promise<void> {
    const batches: string[][] = [];
    for (let start = 0; start < tokenIds.length; start += BATCH) batches.push(tokenIds.slice(start, start + BATCH));
    const checking = batches.map(async (batch) => {
      const valid = await store.tokens.areValid(batch);
      batch.forEach((tokenId, index) => {
        if (valid[index] !== true) this.#tellRevoked(tokenId);
      });
    });
    await Promise.all(checking);
  }

  readonly #listener = {
    onEntries: async (entries: readonly LogEntry[], reader: StoreSession): Promise<void> => {
      const locks = new Set<string>();
      for (const { kind, id } of entries) {
        if (kind === "revoked") this.#tellRevoked(id);
        else if (kind === "lock") locks.add(id);
      }
      if (locks.size === 0) return;
      await this.#locks.read(reader, [...locks]);
      this.#tellLocks([...locks]);
    },
    onGap: async (reader: StoreSession): Promise<void> => await this.#reconcile(reader),
  };

  #tellRevoked(tokenId: string): void {
    this.#revoked.set(tokenId, undefined);
    for (const listener of this.#revocationListeners) listener(tokenId);
  }

  #tellLocks(ids?: readonly string[]): void {
    for (const listener of this.#lockListeners) listener(ids);
  }
}
