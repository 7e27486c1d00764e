import type { StatementSync } from "node:sqlite";
import type { SingleUses } from "../source.ts";
import { DatabaseSync } from "./sqlite.ts";

/**
 * How long after its expiry a used token is kept, in milliseconds: a day longer than first uses are, so that a token
 * without an expiry of its own is not new again before it may be.
 */
const KEEP_MS = 31 * 24 * 60 * 60 * 1000;

/** How many used tokens are kept. With more, single-use tokens open nothing until some are forgotten. */
const MAX_KEPT = 1_000_000;

/** How many rows one use removes at most: more than it adds, but few enough to take no time. */
const MAX_REMOVED = 100;

export const USED_TOKENS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS used_tokens (
    token_id TEXT PRIMARY KEY,
    kept_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS used_tokens_by_end ON used_tokens (kept_until);
`;

const FORGET = `
  DELETE FROM used_tokens WHERE token_id IN (
    SELECT token_id FROM used_tokens WHERE kept_until < ? ORDER BY kept_until LIMIT ${MAX_REMOVED}
  )
`;

/** The single-use tokens that were used, in a table of a database that has {@link USED_TOKENS_SCHEMA}. */
export class UsedTokensTable implements SingleUses {
  readonly #max: number;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #forget: StatementSync;
  #count: number;

  /** @param max - test seam. */
  constructor(db: DatabaseSync, max: number = MAX_KEPT) {
    this.#max = max;
    this.#find = db.prepare("SELECT 1 FROM used_tokens WHERE token_id = ?");
    this.#insert = db.prepare("INSERT OR IGNORE INTO used_tokens (token_id, kept_until) VALUES (?, ?)");
    this.#forget = db.prepare(FORGET);
    this.#count = (db.prepare("SELECT count(*) AS count FROM used_tokens").get() as { count: number }).count;
  }

  /** In the memory of this process, for a gateway whose store keeps none. */
  static inMemory(max?: number): UsedTokensTable {
    const db = new DatabaseSync(":memory:");
    db.exec(USED_TOKENS_SCHEMA);
    return new UsedTokensTable(db, max);
  }

  async useOnce(tokenId: string, expiresAt: number): Promise<boolean> {
    return this.use(tokenId, expiresAt, Date.now());
  }

  async wasUsed(tokenId: string): Promise<boolean> {
    return this.has(tokenId);
  }

  /** As `wasUsed`, at once. */
  has(tokenId: string): boolean {
    return this.#find.get(tokenId) !== undefined;
  }

  /** As `useOnce`, at once. @throws Error when there is no room. */
  use(tokenId: string, expiresAt: number, now: number): boolean {
    this.#count -= Number(this.#forget.run(now).changes);
    if (this.has(tokenId)) return false;
    if (this.#count >= this.#max) throw new Error(`${this.#max} single-use tokens were used and have not expired`);
    // Another process may have inserted it meanwhile.
    const isFirst = this.#insert.run(tokenId, Math.round(Math.max(expiresAt, now) + KEEP_MS)).changes > 0;
    if (isFirst) this.#count += 1;
    return isFirst;
  }
}
