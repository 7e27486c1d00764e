import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { formatEndpoint, parseEndpoint } from "../net/endpoint.ts";
import { sha256 } from "../sha256.ts";
import { FIRST_USES_SCHEMA, FirstUsesTable } from "./first-uses.ts";
import type { Access, ConsoleType } from "./grant.ts";
import type { TokenRecord, TokenRequest, TokenStore } from "./store.ts";

/** How long an expired token is kept, so that its user reads "expired" and not "unknown". */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

interface Row {
  readonly id: string;
  readonly type: ConsoleType;
  readonly endpoint: string;
  readonly instance: string | null;
  readonly name: string | null;
  readonly user: string | null;
  readonly access: Access;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

/** Raised by one with each change of the schema; kept in the file as `user_version`. */
const VERSION = 2;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS grants (
    hash BLOB PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    instance TEXT,
    name TEXT,
    user TEXT,
    access TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS grants_by_expiry ON grants (expires_at);
  ${FIRST_USES_SCHEMA}
`;

/** Moves the tokens of a file that version 0 wrote, in which every endpoint was TCP. */
const FROM_VERSION_0 = `
  INSERT OR IGNORE INTO grants
  SELECT hash, id, type, iif(instr(host, ':'), '[' || host || ']', host) || ':' || port,
    instance, name, NULL, 'control', created_at, expires_at, revoked_at FROM tokens;
  DROP TABLE tokens;
`;

const COLUMNS = "id, type, endpoint, instance, name, user, access, created_at, expires_at, revoked_at";

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
  readonly #firstUses: FirstUsesTable;

  /**
   * @param path - the file, made with its folder if missing, or `:memory:`.
   * @throws Error naming the path when it cannot be opened.
   */
  constructor(path: string) {
    try {
      if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // Waits for a writer in another process, but not for long, because the event loop is blocked meanwhile.
      this.#db = new DatabaseSync(path, { timeout: 250 });
      // Write-ahead logging lets another process read while this one writes.
      this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      prepareSchema(this.#db);
    } catch (cause) {
      throw new Error(
        `the token store ${path} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
        {
          cause,
        },
      );
    }
    this.#byHash = this.#db.prepare(`SELECT ${COLUMNS} FROM grants WHERE hash = ?`);
    this.#byId = this.#db.prepare(`SELECT ${COLUMNS} FROM grants WHERE id = ?`);
    this.#insert = this.#db.prepare(
      `INSERT INTO grants (hash, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`,
    );
    this.#live = this.#db.prepare(
      `SELECT ${COLUMNS} FROM grants WHERE expires_at > ? AND revoked_at IS NULL ORDER BY created_at DESC, id`,
    );
    this.#markRevoked = this.#db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL");
    this.#purge = this.#db.prepare("DELETE FROM grants WHERE expires_at < ?");
    this.#firstUses = new FirstUsesTable(this.#db);
  }

  async resolve(token: string): Promise<TokenRecord | undefined> {
    const record = await this.find(token);
    return record?.revokedAt === undefined ? record : undefined;
  }

  async find(token: string): Promise<TokenRecord | undefined> {
    return toRecord(this.#byHash.get(sha256(token)));
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
      endpoint: request.endpoint,
      instance: request.instance,
      name: request.name,
      user: request.user,
      access: request.access ?? "control",
      createdAt,
      expiresAt: Math.round(createdAt + request.ttlMs),
      revokedAt: undefined,
    };
    this.#purge.run(createdAt - KEEP_EXPIRED_MS);
    this.#insert.run(
      sha256(token),
      record.tokenId,
      record.type,
      formatEndpoint(record.endpoint),
      record.instance ?? null,
      record.name ?? null,
      record.user ?? null,
      record.access,
      createdAt,
      record.expiresAt,
    );
    return { token, record };
  }

  async revoke(tokenId: string): Promise<TokenRecord | undefined> {
    this.#markRevoked.run(Date.now(), tokenId);
    return await this.get(tokenId);
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    return await this.#firstUses.firstUse(digest, now);
  }

  async health(): Promise<void> {
    this.#byId.get("");
  }

  async close(): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** In one transaction, so that several processes that open a new file at once do not disturb each other. */
function prepareSchema(db: DatabaseSync): void {
  if (versionOf(db) === VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    const found = versionOf(db);
    if (found > VERSION) throw new Error(`it was written by a newer version of Curfew (schema ${found})`);
    db.exec(SCHEMA);
    const hasVersion0 = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'tokens'").get() !== undefined;
    if (found === 0 && hasVersion0) db.exec(FROM_VERSION_0);
    db.exec(`PRAGMA user_version = ${VERSION}; COMMIT`);
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return (db.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}

function toRecord(value: unknown): TokenRecord | undefined {
  if (value === undefined) return undefined;
  const row = value as Row;
  return {
    tokenId: row.id,
    type: row.type,
    endpoint: parseEndpoint(row.endpoint),
    instance: row.instance ?? undefined,
    name: row.name ?? undefined,
    user: row.user ?? undefined,
    access: row.access,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
  };
}
