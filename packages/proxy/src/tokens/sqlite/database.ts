import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { StatementSync } from "node:sqlite";
import { FirstUsesTable } from "./first-uses.ts";
import { type ForeignRevocation, ForeignRevocationsTable } from "./foreign-revocations.ts";
import type { Lock, LockSubject } from "../lock.ts";
import { checkSchema, migrate } from "./schema.ts";
import { DatabaseSync } from "./sqlite.ts";
import { UsedTokensTable } from "./used-tokens.ts";

/** The path of a store in memory. */
export const IN_MEMORY = ":memory:";

/** How many rows {@link TokenDatabase.purge} removes at most: some milliseconds of work. */
const MAX_PURGED = 200;

/** The code of SQLite for a file that another process has locked. */
const SQLITE_BUSY = 5;

/** A token as it is stored. Instants are in milliseconds since the epoch. */
export interface TokenRow {
  readonly id: string;
  readonly type: string;
  readonly endpoint: string;
  readonly instance: string | null;
  readonly name: string | null;
  readonly user: string | null;
  readonly access: string;
  /** 1 or 0. */
  readonly single_use: number;
  readonly max_sessions: number | null;
  readonly created_at: number;
  readonly expires_at: number;
  /** The machine's start that `boot_ms` counts from; null where it is not known. */
  readonly boot: string | null;
  /** When the token was issued, in milliseconds of a clock that cannot be set. */
  readonly boot_ms: number | null;
  readonly revoked_at: number | null;
}

/** An entry of the log of revocations, which the gateways that share a file read. */
export interface RevocationRow {
  readonly number: number;
  readonly token_id: string;
}

interface LockRow {
  readonly id: string;
  readonly subject: string;
  readonly value: string;
  readonly message: string | null;
  readonly created_at: number;
  readonly expires_at: number | null;
}

/** Those that are listed; the place in the list follows. */
const LISTED = "expires_at > ? AND revoked_at IS NULL";

const COLUMNS =
  "id, type, endpoint, instance, name, user, access, single_use, max_sessions, created_at, expires_at, boot, boot_ms, revoked_at";

/**
 * The tables of the embedded token store, with one method for each thing that is asked of them. Every call blocks its
 * thread, and what it gets and returns can be sent between threads.
 */
export class TokenDatabase {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #firstUses: FirstUsesTable;
  readonly #usedTokens: UsedTokensTable;
  readonly #foreignRevocations: ForeignRevocationsTable;

  /**
   * @param path - the file, made with its folder if missing, or {@link IN_MEMORY}.
   * @param waitMs - how long a call may wait for a lock of another process, in milliseconds.
   * @throws Error when it cannot be opened.
   */
  constructor(path: string, waitMs: number) {
    if (path !== IN_MEMORY) make(path);
    this.#db = new DatabaseSync(path, { timeout: waitMs });
    // Reads the file: one that is no database keeps its rights.
    this.#db.exec("PRAGMA schema_version");
    if (path !== IN_MEMORY) makePrivate(path);
    // Write-ahead logging lets another process read while this one writes.
    this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    migrate(this.#db);
    this.#statements = prepareStatements(this.#db);
    this.#firstUses = new FirstUsesTable(this.#db);
    this.#usedTokens = new UsedTokensTable(this.#db);
    this.#foreignRevocations = new ForeignRevocationsTable(this.#db);
  }

  /** From now on this connection only reads, and fails rather than waits. */
  becomeReader(): void {
    this.#db.exec("PRAGMA query_only = ON; PRAGMA busy_timeout = 0");
    this.moveReadMark();
  }

  /** Changes how long calls wait for a lock of another process, in milliseconds. */
  waitAtMost(waitMs: number): void {
    this.#db.exec(`PRAGMA busy_timeout = ${Math.round(waitMs)}`);
  }

  byDigest(digest: Uint8Array): TokenRow | undefined {
    return this.#statements.byDigest.get(digest) as TokenRow | undefined;
  }

  byId(id: string): TokenRow | undefined {
    return this.#statements.byId.get(id) as TokenRow | undefined;
  }

  /** Tokens that are neither expired nor revoked, newest first, from the first one behind `at` and `id` on. */
  page(limit: number, now: number, at: number = Number.MAX_SAFE_INTEGER, id = ""): readonly TokenRow[] {
    return this.#statements.page.all(at, at, id, now, limit) as unknown as readonly TokenRow[];
  }

  insert(digest: Uint8Array, row: TokenRow): void {
    const { id, type, endpoint, instance, name, user, access, single_use: once, max_sessions: max } = row;
    const { created_at: at, expires_at: expiry, boot, boot_ms: bootMs } = row;
    const grant = [id, type, endpoint, instance, name, user, access, once, max];
    this.#statements.insert.run(digest, ...grant, at, expiry, boot, bootMs);
  }

  /** Revokes a token, which a trigger adds to the log for the other gateways, and returns it. */
  revoke(id: string, now: number): TokenRow | undefined {
    this.#statements.revoke.run(now, id);
    return this.byId(id);
  }

  /** Changes when another connection has written. */
  dataVersion(): number {
    return (this.#statements.dataVersion.get() as { data_version: number }).data_version;
  }

  /** The number of the last revocation. */
  lastRevocation(): number {
    return (this.#statements.lastRevocation.get() as { number: number | null }).number ?? 0;
  }

  /** The revocations behind the one with this number, oldest first. */
  revocationsAfter(number: number, limit: number): readonly RevocationRow[] {
    return this.#statements.revocations.all(number, limit) as unknown as readonly RevocationRow[];
  }

  /** Removes some of what expired before this instant. */
  purge(before: number): void {
    this.#statements.purgeTokens.run(before);
    this.#statements.purgeRevocations.run(before);
  }

  /**
   * Writes the first page as it is, which shows a full or broken disk before something has to be written.
   * @throws Error when nothing can be written, or a newer version has taken the file over. That another process writes at
   * the moment is not an error.
   */
  tryWrite(): void {
    this.waitAtMost(0);
    try {
      this.#db.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error;
      return;
    }
    try {
      this.#db.exec(`PRAGMA user_version = ${checkSchema(this.#db)}; COMMIT`);
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  /**
   * The first reader after a write marks in shared memory, which is a file, how far it reads; those that follow only
   * read that. A write to shared memory waits for a disk that hangs or is frozen for a snapshot, so the thread does it
   * before the relay's thread reads (https://www.sqlite.org/walformat.html#the_wal_index_file_format).
   */
  moveReadMark(): void {
    this.byId("");
  }

  findFirstUse(digest: Uint8Array, at: number): number | undefined {
    return this.#firstUses.find(digest, at);
  }

  recordUse(digest: Uint8Array, at: number): number {
    return this.#firstUses.record(digest, at);
  }

  /** Whether this is the first use of a single-use token. */
  useOnce(tokenId: string, expiresAt: number, now: number): boolean {
    return this.#usedTokens.use(tokenId, expiresAt, now);
  }

  wasUsed(tokenId: string): boolean {
    return this.#usedTokens.has(tokenId);
  }

  locks(): readonly Lock[] {
    const rows = this.#statements.locks.all() as unknown as readonly LockRow[];
    return rows.map(({ subject, message, created_at: createdAt, expires_at: expiresAt, ...lock }) => ({
      ...lock,
      expiresAt: expiresAt ?? undefined,
      subject: subject as LockSubject,
      message: message ?? undefined,
      createdAt,
    }));
  }

  putLock({ id, subject, value, message, createdAt, expiresAt }: Lock): void {
    this.#statements.putLock.run(id, subject, value, message ?? null, createdAt, expiresAt ?? null);
  }

  removeLock(id: string): void {
    this.#statements.removeLock.run(id);
  }

  foreignRevocations(): readonly ForeignRevocation[] {
    return this.#foreignRevocations.all();
  }

  putForeignRevocation(revocation: ForeignRevocation): void {
    this.#foreignRevocations.put(revocation);
  }

  removeForeignRevocation(tokenId: string): void {
    this.#foreignRevocations.remove(tokenId);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

type Statements = Readonly<Record<keyof ReturnType<typeof prepareStatements>, StatementSync>>;

function prepareStatements(db: DatabaseSync) {
  return {
    byDigest: db.prepare(`SELECT ${COLUMNS} FROM grants WHERE hash = ?`),
    byId: db.prepare(`SELECT ${COLUMNS} FROM grants WHERE id = ?`),
    page: db.prepare(
      `SELECT ${COLUMNS} FROM grants WHERE created_at <= ? AND (created_at < ? OR id > ?) AND ${LISTED}
       ORDER BY created_at DESC, id LIMIT ?`,
    ),
    insert: db.prepare(`INSERT INTO grants (hash, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)`),
    revoke: db.prepare("UPDATE grants SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"),
    dataVersion: db.prepare("PRAGMA data_version"),
    lastRevocation: db.prepare("SELECT max(number) AS number FROM revocations"),
    revocations: db.prepare("SELECT number, token_id FROM revocations WHERE number > ? ORDER BY number LIMIT ?"),
    locks: db.prepare("SELECT id, subject, value, message, created_at, expires_at FROM locks ORDER BY created_at, id"),
    putLock: db.prepare(
      // Not REPLACE, which would clear the columns of a newer version.
      `INSERT INTO locks (id, subject, value, message, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, value = excluded.value, message = excluded.message,
         created_at = excluded.created_at, expires_at = excluded.expires_at`,
    ),
    removeLock: db.prepare("DELETE FROM locks WHERE id = ?"),
    purgeTokens: db.prepare(
      `DELETE FROM grants WHERE hash IN (SELECT hash FROM grants WHERE expires_at < ? LIMIT ${MAX_PURGED})`,
    ),
    purgeRevocations: db.prepare(
      `DELETE FROM revocations WHERE number IN
       (SELECT number FROM revocations WHERE expires_at < ? LIMIT ${MAX_PURGED})`,
    ),
  };
}

/**
 * Makes the file for its owner only, as SQLite then makes those beside it. One that is there is not opened: closing it
 * would end the locks that SQLite has in this process.
 */
function make(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    if (!statSync(path).isFile()) throw new Error("it is no regular file", { cause: error });
  }
}

/** Takes the rights of others away from files of before. */
function makePrivate(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
    // Windows has no such rights.
    if ((mode & 0o077) !== 0 && process.platform !== "win32") chmodSync(file, 0o600);
  }
}
