import type { StatementSync } from "node:sqlite";
import type { FirstUses } from "../source.ts";
import { DatabaseSync } from "./sqlite.ts";

/** A token that was not used for this long counts as new when it comes again: 30 days, in milliseconds. */
const FORGET_AFTER_MS = 30 * 24 * 60 * 60 * 1000;

/** How many first uses are kept; the tokens whose last use is the longest ago are dropped first. */
const MAX_KEPT = 100_000;

/** How old a last use must be before a later one is written, in milliseconds: most uses write nothing. */
const WRITE_AFTER_MS = 60 * 60 * 1000;

/**
 * A use that is earlier than the first one by less than this came at the same time and was written later, in
 * milliseconds; by more, the clock was set back.
 */
const SAME_TIME_MS = 100;

/** How many rows one insertion removes at most: more than it adds, but few enough to take no time. */
const MAX_REMOVED = 100;

export const FIRST_USES_SCHEMA = `
  CREATE TABLE IF NOT EXISTS first_uses (
    hash BLOB PRIMARY KEY,
    first_used_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS first_uses_by_last_use ON first_uses (last_used_at);
`;

/** Another process may have inserted the token meanwhile. A clock that was set back does not give more time. */
const UPSERT = `
  INSERT INTO first_uses (hash, first_used_at, last_used_at) VALUES (?, ?, ?)
  ON CONFLICT (hash) DO UPDATE SET
    first_used_at = iif(
      last_used_at < ? OR excluded.first_used_at + ${SAME_TIME_MS} < first_used_at,
      excluded.first_used_at,
      first_used_at
    ),
    last_used_at = excluded.last_used_at
  RETURNING first_used_at AS first
`;

const FORGET = `
  DELETE FROM first_uses WHERE hash IN (
    SELECT hash FROM first_uses WHERE last_used_at < ? ORDER BY last_used_at LIMIT ${MAX_REMOVED}
  )
`;

const DROP_EXCESS = `
  DELETE FROM first_uses WHERE hash IN (
    SELECT hash FROM first_uses ORDER BY last_used_at LIMIT max(0, (SELECT count(*) FROM first_uses) - ?)
  )
`;

/** First uses in a table of a database that has {@link FIRST_USES_SCHEMA}. Tokens are kept as SHA-256 only. */
export class FirstUsesTable implements FirstUses {
  readonly #max: number;
  readonly #select: StatementSync;
  readonly #upsert: StatementSync;
  readonly #forget: StatementSync;
  readonly #dropExcess: StatementSync;
  /** Insertions since the excess was dropped: counting many rows takes a millisecond. */
  #inserted = 0;

  /** @param max - test seam. */
  constructor(db: DatabaseSync, max: number = MAX_KEPT) {
    this.#max = max;
    this.#select = db.prepare("SELECT first_used_at AS first, last_used_at AS last FROM first_uses WHERE hash = ?");
    this.#upsert = db.prepare(UPSERT);
    this.#forget = db.prepare(FORGET);
    this.#dropExcess = db.prepare(DROP_EXCESS);
  }

  /** First uses in the memory of this process, for a gateway whose store does not keep first uses. */
  static inMemory(): FirstUsesTable {
    const db = new DatabaseSync(":memory:");
    db.exec(FIRST_USES_SCHEMA);
    return new FirstUsesTable(db);
  }

  async firstUse(digest: Uint8Array, now: number): Promise<number> {
    const at = Math.round(now);
    return this.find(digest, at) ?? this.record(digest, at);
  }

  /** The first use of a token that was used lately; undefined for one whose use must be recorded. */
  find(digest: Uint8Array, at: number): number | undefined {
    const known = this.#select.get(digest) as { first: number; last: number } | undefined;
    return known !== undefined && known.first <= at && at - known.last < WRITE_AFTER_MS ? known.first : undefined;
  }

  /** Records a use, and returns the first one. */
  record(digest: Uint8Array, at: number): number {
    const isNew = this.#select.get(digest) === undefined;
    const { first } = this.#upsert.get(digest, at, at, at - FORGET_AFTER_MS) as { first: number };
    if (isNew) this.#purge(at);
    return first;
  }

  #purge(now: number): void {
    this.#forget.run(now - FORGET_AFTER_MS);
    this.#inserted += 1;
    if (this.#inserted * 100 < this.#max) return;
    this.#inserted = 0;
    this.#dropExcess.run(this.#max);
  }
}
