import type { DatabaseSync } from "node:sqlite";
import { FIRST_USES_SCHEMA } from "./first-uses.ts";
import { FOREIGN_REVOCATIONS_SCHEMA } from "./foreign-revocations.ts";
import { USED_TOKENS_SCHEMA } from "./used-tokens.ts";

/** A change of the schema. */
export interface Migration {
  /** The schema that it makes. */
  readonly version: number;
  /**
   * The oldest schema whose gateways can use the file after it, and refuse what this one refuses. Since schema 8 at least
   * the one before, so that an upgrade can be undone: a change adds tables and columns only, and a token with a restriction
   * that an older gateway does not know is kept where that one does not find it.
   */
  readonly usableFrom: number;
  readonly sql: string;
}

/** Schemas 1 to 3, of which 3 added the log of revocations and the first uses. */
const BASE = `
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
  CREATE INDEX IF NOT EXISTS grants_by_creation ON grants (created_at DESC, id, expires_at) WHERE revoked_at IS NULL;
  CREATE TABLE IF NOT EXISTS revocations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS revocations_by_expiry ON revocations (expires_at);
  CREATE TRIGGER IF NOT EXISTS log_revocation AFTER UPDATE OF revoked_at ON grants
  WHEN old.revoked_at IS NULL AND new.revoked_at IS NOT NULL BEGIN
    INSERT INTO revocations (token_id, expires_at) VALUES (new.id, new.expires_at);
  END;
  ${FIRST_USES_SCHEMA}
`;

/** Moves the tokens of a file that schema 0 wrote, in which every endpoint was TCP. */
const FROM_SCHEMA_0 = `
  INSERT OR IGNORE INTO grants
    (hash, id, type, endpoint, instance, name, user, access, created_at, expires_at, revoked_at)
  SELECT hash, id, type, iif(instr(host, ':'), '[' || host || ']', host) || ':' || port,
    instance, name, NULL, 'control', created_at, expires_at, revoked_at FROM tokens;
  DROP TABLE tokens;
`;

/** Every change since schema 3, in order. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 4,
    usableFrom: 4,
    sql: "ALTER TABLE grants ADD COLUMN boot TEXT; ALTER TABLE grants ADD COLUMN boot_ms INTEGER;",
  },
  {
    version: 5,
    usableFrom: 5,
    sql: `
      ALTER TABLE grants ADD COLUMN single_use INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE grants ADD COLUMN max_sessions INTEGER;
      ${USED_TOKENS_SCHEMA}
    `,
  },
  {
    version: 6,
    usableFrom: 6,
    sql: `
      CREATE TABLE locks (
        id TEXT PRIMARY KEY,
        subject TEXT NOT NULL,
        value TEXT NOT NULL,
        message TEXT,
        created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  { version: 7, usableFrom: 7, sql: "ALTER TABLE locks ADD COLUMN expires_at INTEGER;" },
  // A gateway with schema 7 keeps these in memory, and forgets them when it stops.
  { version: 8, usableFrom: 7, sql: FOREIGN_REVOCATIONS_SCHEMA },
];

/**
 * Where the schema is kept if older gateways can use it: `user_version` is then the oldest one that can, which is all that
 * they look at.
 */
const VERSION_TABLE = "schema_version";

/**
 * Brings a file to the latest schema, in one transaction. A file with a later one, that a later version of Curfew wrote for
 * this one as well, stays as it is.
 *
 * @param migrations - test seam.
 * @throws Error for a file that this version must not use.
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  const latest = migrations.at(-1)?.version ?? 0;
  if (schemaOf(db, latest) >= latest) return;
  // Several processes may open a file at once.
  db.exec("BEGIN IMMEDIATE");
  try {
    const found = schemaOf(db, latest);
    if (found < latest) change(db, found, migrations);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * @returns the file's `user_version`.
 * @throws Error when a later version of Curfew has changed the file meanwhile so that this one must not use it.
 */
export function checkSchema(db: DatabaseSync): number {
  schemaOf(db, MIGRATIONS.at(-1)?.version ?? 0);
  return userVersion(db);
}

function change(db: DatabaseSync, found: number, migrations: readonly Migration[]): void {
  db.exec(BASE);
  if (found === 0 && hasTable(db, "tokens")) db.exec(FROM_SCHEMA_0);
  let usableFrom = 0;
  for (const migration of migrations) {
    if (migration.version > found) db.exec(migration.sql);
    usableFrom = Math.max(usableFrom, migration.usableFrom);
  }
  const latest = migrations.at(-1)?.version ?? 0;
  db.exec(`PRAGMA user_version = ${usableFrom}; DROP TABLE IF EXISTS ${VERSION_TABLE}`);
  if (usableFrom !== latest) db.exec(`CREATE TABLE ${VERSION_TABLE} AS SELECT ${latest} AS version`);
}

/** @throws Error when gateways with the schema `known` cannot use the file. */
function schemaOf(db: DatabaseSync, known: number): number {
  const usableFrom = userVersion(db);
  const version = hasTable(db, VERSION_TABLE)
    ? (db.prepare(`SELECT version FROM ${VERSION_TABLE}`).get() as { version: number } | undefined)?.version
    : undefined;
  if (usableFrom <= known) return Math.max(version ?? 0, usableFrom);
  throw new Error(
    `it was written by a newer version of Curfew, for schema ${usableFrom} or later, and this version has schema ${known}`,
  );
}

function userVersion(db: DatabaseSync): number {
  return (db.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}
