import { sha256 } from "../../sha256.ts";
import { parseEndpoint } from "../../net/endpoint.ts";
import { BOOT_ID, sinceBoot } from "../../time/boot.ts";
import { CLOCK_TOLERANCE_MS } from "../../time/clock.ts";
import type { Access, ConsoleType, Grant } from "../grant.ts";
import type { FirstUses, ImmediateLookups, LookupContext, SingleUses, TokenSource } from "../source.ts";
import type { Lock } from "../lock.ts";
import type { TokenRecord } from "../store.ts";
import { TokenDatabase, type TokenRow } from "./database.ts";
import type { ForeignRevocation } from "./foreign-revocations.ts";
import { RevocationPoll } from "./revocation-poll.ts";

/** How long a lock of another process is waited for when the file is opened, in milliseconds. */
const OPEN_WAIT_MS = 2000;

/** @throws Error naming the path when it cannot be opened. */
export function openDatabase(path: string): TokenDatabase {
  try {
    return new TokenDatabase(path, OPEN_WAIT_MS);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the token store ${path} cannot be opened: ${reason}`, { cause });
  }
}

/**
 * Reads the file of a token store in this thread: that takes microseconds, and never waits. What cannot be read at once
 * is left to something that may wait.
 */
export class DatabaseReader {
  readonly #db: TokenDatabase;
  #poll: RevocationPoll | undefined;
  #onChanged: () => void = () => {};

  /** @param db - closed with this. */
  constructor(db: TokenDatabase) {
    this.#db = db;
  }

  /** Reads the file, or, where another process keeps that from this thread, does it the other way. */
  async read<T>(now: (db: TokenDatabase) => T, otherwise: () => Promise<T>): Promise<T> {
    let found: T;
    try {
      found = now(this.#db);
    } catch {
      return await otherwise();
    }
    return found;
  }

  /** As `resolveNow` of a store. */
  resolveNow(digest: Uint8Array): TokenRecord | undefined {
    return unlessRevoked(this.#db.byDigest(digest));
  }

  /** As `firstUse` of a store. @param record - writes a use down, and returns the first one. */
  async firstUse(digest: Uint8Array, now: number, record: (at: number) => Promise<number>): Promise<number> {
    const at = Math.round(now);
    const none = async (): Promise<undefined> => undefined;
    return (await this.read((db) => db.findFirstUse(digest, at), none)) ?? (await record(at));
  }

  locks(): readonly Lock[] {
    return this.#db.locks();
  }

  /** As `foreignRevocations` of a store. */
  foreignRevocations(): readonly ForeignRevocation[] {
    return this.#db.foreignRevocations();
  }

  /** As `lastRevocation` of a store. */
  lastRevocation(): number {
    return this.#db.lastRevocation();
  }

  onRevoked(listener: (tokenId: string) => void): void {
    this.#poll = new RevocationPoll(this.#db, listener, () => this.#onChanged());
  }

  /** Calls `listener` when another connection has written. */
  onChanged(listener: () => void): void {
    this.#onChanged = listener;
    this.#poll ??= new RevocationPoll(
      this.#db,
      () => {},
      () => this.#onChanged(),
    );
  }

  /** @throws Error while revocations of other gateways are not seen. */
  checkHealth(): void {
    this.#poll?.checkHealth();
  }

  close(): void {
    this.#poll?.stop();
    this.#db.close();
  }
}

/** In a worker: looks tokens up in the file, and leaves the rest to the primary. */
export class TokenReader implements TokenSource, FirstUses, SingleUses, ImmediateLookups {
  readonly #reader: DatabaseReader;
  readonly #primary: TokenSource & FirstUses & SingleUses;

  constructor(db: TokenDatabase, primary: TokenSource & FirstUses & SingleUses) {
    this.#reader = new DatabaseReader(db);
    this.#primary = primary;
  }

  async resolve(token: string, context: LookupContext): Promise<Grant | undefined> {
    return await this.#reader.read<Grant | undefined>(
      (db) => unlessRevoked(db.byDigest(sha256(token))),
      async () => await this.#primary.resolve(token, context),
    );
  }

  resolveNow(digest: Uint8Array): Grant | undefined {
    return this.#reader.resolveNow(digest);
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    return await this.#reader.firstUse(digest, now, async (at) => await this.#primary.firstUse(digest, at));
  }

  async useOnce(tokenId: string, expiresAt: number, issuer?: string): Promise<boolean> {
    return await this.#primary.useOnce(tokenId, expiresAt, issuer);
  }

  async wasUsed(tokenId: string, issuer?: string): Promise<boolean> {
    const ask = async (): Promise<boolean> => (await this.#primary.wasUsed?.(tokenId, issuer)) ?? false;
    return issuer === undefined ? await this.#reader.read((db) => db.wasUsed(tokenId), ask) : await ask();
  }

  onRevoked(listener: (tokenId: string) => void): void {
    this.#reader.onRevoked(listener);
  }

  async health(): Promise<void> {
    this.#reader.checkHealth();
  }

  async close(): Promise<void> {
    this.#reader.close();
  }
}

/** The token of a row, unless it was revoked. */
export function unlessRevoked(row: TokenRow | undefined): TokenRecord | undefined {
  return row?.revoked_at === null ? toRecord(row) : undefined;
}

export function toRecord(row: TokenRow): TokenRecord {
  return {
    tokenId: row.id,
    type: row.type as ConsoleType,
    endpoint: parseEndpoint(row.endpoint),
    instance: row.instance ?? undefined,
    name: row.name ?? undefined,
    user: row.user ?? undefined,
    access: row.access as Access,
    ...(row.single_use === 1 && { singleUse: true }),
    ...(row.max_sessions !== null && { maxSessions: row.max_sessions }),
    createdAt: row.created_at,
    expiresAt: expiryOf(row),
    revokedAt: row.revoked_at ?? undefined,
  };
}

/** A wall clock that was set back since a token was issued gives it no more time, in whichever process it is looked up. */
function expiryOf({ created_at: createdAt, expires_at: expiresAt, boot, boot_ms: bootMs }: TokenRow): number {
  if (boot === null || bootMs === null || boot !== BOOT_ID) return expiresAt;
  const leftMs = expiresAt - createdAt - (sinceBoot() - bootMs);
  const byBoot = Date.now() + leftMs;
  return byBoot < expiresAt - CLOCK_TOLERANCE_MS ? byBoot : expiresAt;
}
