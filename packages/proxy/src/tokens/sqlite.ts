import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { ConsoleType } from "./grant.ts";
import type { TokenRecord, TokenRequest, TokenStore } from "./store.ts";

/** Dead tokens are kept this long, so that a late visitor reads "expired" and not "unknown". */
const KEEP_DEAD_MS = 24 * 60 * 60 * 1000;

interface Row {
  readonly id: string;
  readonly type: ConsoleType;
  readonly host: string;
  readonly port: number;
  readonly instance: string | null;
  readonly name: string | null;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS tokens (
    hash BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    instance TEXT,
    name TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tokens_by_expiry ON tokens (expires_at);
`;

const COLUMNS = "id, type, host, port, instance, name, created_at, expires_at, revoked_at";

/**
 * The embedded token store: one SQLite file, or memory. Tokens are stored only as SHA-256; a token
 * has 256 random bits, so the digest needs neither salt nor stretching.
 */
export class SqliteTokenStore implements TokenStore {
  readonly #db: DatabaseSync;
  readonly #byHash: StatementSync;
  readonly #byId: StatementSync;
  readonly #insert: StatementSync;
  readonly #live: StatementSync;
  readonly #markRevoked: StatementSync;
  readonly #purge: StatementSync;

  /**
   * @param path - the file, made with its folder if missing, or `:memory:`.
   * @throws Error naming the path when it cannot be opened.
   */
  constructor(path: string) {
    try {
      if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // A writer in another process is waited for, but not for long: everybody waits meanwhile.
      this.#db = new DatabaseSync(path, { timeout: 250 });
      // Write-ahead logging lets another process read while this one writes.
      this.#db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${SCHEMA}`);
    } catch (cause) {
      throw new Error(
        `the token store ${path} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          cause,
        },
      );
    }
    this.#byHash = this.#db.prepare(`SELECT ${COLUMNS} FROM tokens WHERE hash = ?`);
    this.#byId = this.#db.prepare(`SELECT ${COLUMNS} FROM tokens WHERE id = ?`);
    this.#insert = this.#db.prepare(`INSERT INTO tokens (hash, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`);
    this.#live = this.#db.prepare(
      `SELECT ${COLUMNS} FROM tokens WHERE expires_at > ? AND revoked_at IS NULL ORDER BY created_at DESC, id`,
    );
    this.#markRevoked = this.#db.prepare("UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
    this.#purge = this.#db.prepare("DELETE FROM tokens WHERE expires_at < ?");
  }

  async resolve(token: string): Promise<TokenRecord | undefined> {
    const record = await this.find(token);
    return record?.revokedAt === undefined ? record : undefined;
  }

  async find(token: string): Promise<TokenRecord | undefined> {
    return toRecord(this.#byHash.get(digest(token)));
  }

  async get(tokenId: string): Promise<TokenRecord | undefined> {
    return toRecord(this.#byId.get(tokenId));
  }

  async list(): Promise<readonly TokenRecord[]> {
    return this.#live.all(Date.now()).flatMap((row) => toRecord(row) ?? []);
  }

  async issue(request: TokenRequest): Promise<{ token: string; record: TokenRecord }> {
    const token = randomBytes(32).toString("base64url");
    const createdAt = Date.now();
    const record: TokenRecord = {
      tokenId: randomUUID(),
      type: request.type,
      target: request.target,
      instance: request.instance,
      name: request.name,
      createdAt,
      expiresAt: Math.round(createdAt + request.ttlMs),
      revokedAt: undefined,
    };
    this.#purge.run(createdAt - KEEP_DEAD_MS);
    this.#insert.run(
      digest(token),
      record.tokenId,
      record.type,
      record.target.host,
      record.target.port,
      record.instance ?? null,
      record.name ?? null,
      createdAt,
      record.expiresAt,
    );
    return { token, record };
  }

  async revoke(tokenId: string): Promise<TokenRecord | undefined> {
    this.#markRevoked.run(Date.now(), tokenId);
    return await this.get(tokenId);
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function toRecord(value: unknown): TokenRecord | undefined {
  if (value === undefined) return undefined;
  const row = value as Row;
  return {
    tokenId: row.id,
    type: row.type,
    target: { host: row.host, port: row.port },
    instance: row.instance ?? undefined,
    name: row.name ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
