import { randomBytes, randomUUID } from "node:crypto";
import { formatEndpoint } from "../../net/endpoint.ts";
import { formatPosition, pageLimit, type PageRequest, parsePosition } from "../../paging.ts";
import { sha256 } from "../../sha256.ts";
import { BOOT_ID, sinceBoot } from "../../time/boot.ts";
import type { Lock } from "../lock.ts";
import { StoreError, type TokenPage, type TokenRecord, type TokenRequest, type TokenStore } from "../store.ts";
import { IN_MEMORY, type TokenDatabase, type TokenRow } from "./database.ts";
import type { ForeignRevocation } from "./foreign-revocations.ts";
import { type CallStore, StoreThread } from "./store-thread.ts";
import { DatabaseReader, openDatabase, toRecord, unlessRevoked } from "./token-reader.ts";

/** How long an expired token is kept, so that its user reads "expired" and not "unknown", in milliseconds. */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

/**
 * The embedded token store: one SQLite file, or memory. Tokens are stored only as SHA-256; a token
 * has 256 random bits, so the digest needs neither salt nor stretching.
 *
 * Lookups read the file at once. What may wait for the disk or for another process is done by a thread.
 */
export class SqliteTokenStore implements TokenStore {
  readonly #reader: DatabaseReader;
  readonly #call: CallStore;
  /** Undefined for a store in memory. */
  readonly #thread: StoreThread | undefined;
  #isPurging = false;

  /**
   * @param path - the file, made with its folder if missing, or `:memory:`.
   * @throws Error naming the path when it cannot be opened.
   */
  constructor(path: string) {
    const db = openDatabase(path);
    if (path === IN_MEMORY) this.#call = callDirectly(db);
    else {
      db.becomeReader();
      this.#thread = new StoreThread(path);
      this.#call = this.#thread.call;
    }
    this.#reader = new DatabaseReader(db);
  }

  async resolve(token: string): Promise<TokenRecord | undefined> {
    return unlessRevoked(await this.#row(sha256(token)));
  }

  /** As `resolve`, by the SHA-256 of the token, and at once. @throws Error when the file cannot be read now. */
  resolveNow(digest: Uint8Array): TokenRecord | undefined {
    return this.#reader.resolveNow(digest);
  }

  async find(token: string): Promise<TokenRecord | undefined> {
    return orNone(await this.#row(sha256(token)));
  }

  /** @internal As `find`, by the SHA-256 of the token. */
  async byDigest(digest: Uint8Array): Promise<TokenRecord | undefined> {
    return orNone(await this.#row(digest));
  }

  /** @internal Another number after each revocation. @throws Error when the file cannot be read now. */
  lastRevocation(): number {
    return this.#reader.lastRevocation();
  }

  async get(tokenId: string): Promise<TokenRecord | undefined> {
    return orNone(
      await this.#reader.read(
        (db) => db.byId(tokenId),
        async () => await this.#call("byId", tokenId),
      ),
    );
  }

  async list(page: PageRequest = {}): Promise<TokenPage> {
    const limit = pageLimit(page.limit);
    const { at, id } = page.after === undefined ? {} : parsePosition(page.after);
    // One more, to know whether there is another page.
    const rows = (await this.#call("page", limit + 1, Date.now(), at, id)).slice();
    const hasMore = rows.length > limit;
    const tokens = rows.slice(0, limit).map(toRecord);
    const last = tokens.at(-1);
    return { tokens, next: hasMore && last ? formatPosition({ at: last.createdAt, id: last.tokenId }) : undefined };
  }

  async issue(request: TokenRequest): Promise<{ token: string; record: TokenRecord }> {
    const token = randomBytes(32).toString("base64url");
    const createdAt = Date.now();
    const row: TokenRow = {
      id: randomUUID(),
      type: request.type,
      endpoint: formatEndpoint(request.endpoint),
      instance: request.instance ?? null,
      name: request.name ?? null,
      user: request.user ?? null,
      access: request.access ?? "control",
      single_use: request.singleUse === true ? 1 : 0,
      max_sessions: request.maxSessions ?? null,
      created_at: createdAt,
      expires_at: Math.round(createdAt + request.ttlMs),
      boot: BOOT_ID ?? null,
      boot_ms: sinceBoot(),
      revoked_at: null,
    };
    await this.#call("insert", sha256(token), row);
    void this.#purge(createdAt - KEEP_EXPIRED_MS);
    return { token, record: { ...toRecord(row), endpoint: request.endpoint } };
  }

  async revoke(tokenId: string): Promise<TokenRecord | undefined> {
    return orNone(await this.#call("revoke", tokenId, Date.now()));
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    return await this.#reader.firstUse(digest, now, async (at) => await this.#call("recordUse", digest, at));
  }

  async useOnce(tokenId: string, expiresAt: number): Promise<boolean> {
    return await this.#call("useOnce", tokenId, expiresAt, Date.now());
  }

  async wasUsed(tokenId: string): Promise<boolean> {
    return await this.#reader.read(
      (db) => db.wasUsed(tokenId),
      async () => await this.#call("wasUsed", tokenId),
    );
  }

  onRevoked(listener: (tokenId: string) => void): void {
    // No other gateway has a store that is in memory.
    if (this.#thread !== undefined) this.#reader.onRevoked(listener);
  }

  locks(): readonly Lock[] {
    return this.#reader.locks();
  }

  async putLock(lock: Lock): Promise<void> {
    await this.#call("putLock", lock);
  }

  async removeLock(id: string): Promise<void> {
    await this.#call("removeLock", id);
  }

  onLocksChanged(listener: () => void): void {
    if (this.#thread !== undefined) this.#reader.onChanged(listener);
  }

  /** @internal Revoked tokens of other gateways. @throws Error when the file cannot be read now. */
  foreignRevocations(): readonly ForeignRevocation[] {
    return this.#reader.foreignRevocations();
  }

  /** @internal */
  async putForeignRevocation(revocation: ForeignRevocation): Promise<void> {
    await this.#call("putForeignRevocation", revocation);
  }

  /** @internal */
  async removeForeignRevocation(tokenId: string): Promise<void> {
    await this.#call("removeForeignRevocation", tokenId);
  }

  async health(): Promise<void> {
    this.#reader.checkHealth();
    await (this.#thread === undefined ? this.#call("tryWrite") : this.#thread.checkHealth());
  }

  async close(): Promise<void> {
    this.#reader.close();
    await this.#thread?.close();
  }

  /** With tokens that are issued, more old ones are removed, but not so many that other calls wait long. */
  async #purge(before: number): Promise<void> {
    if (this.#isPurging) return;
    this.#isPurging = true;
    // What cannot be removed now is removed with a later token.
    await this.#call("purge", before).catch(() => {});
    this.#isPurging = false;
  }

  async #row(digest: Uint8Array): Promise<TokenRow | undefined> {
    return await this.#reader.read(
      (db) => db.byDigest(digest),
      async () => await this.#call("byDigest", digest),
    );
  }
}

/** A store in memory waits for nothing. */
function callDirectly(db: TokenDatabase): CallStore {
  return async (name, ...args) => {
    try {
      return (db[name] as (...all: typeof args) => never).apply(db, args);
    } catch (error) {
      throw new StoreError(error instanceof Error ? error.message : String(error));
    }
  };
}

function orNone(row: TokenRow | undefined): TokenRecord | undefined {
  return row && toRecord(row);
}
