import type { DatabaseSync, StatementSync } from "node:sqlite";

/** A revoked token of another gateway, which does not know of it yet. */
export interface ForeignRevocation {
  readonly tokenId: string;
  /** When it need not be known any more, in milliseconds since the epoch; undefined where the expiry is not known. */
  readonly keptUntil: number | undefined;
}

export const FOREIGN_REVOCATIONS_SCHEMA = `
  CREATE TABLE foreign_revocations (
    token_id TEXT PRIMARY KEY,
    kept_until INTEGER
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Revocations that wait for another gateway, in a table of a database that has {@link FOREIGN_REVOCATIONS_SCHEMA}. How many
 * there may be is for its only user to say.
 */
export class ForeignRevocationsTable {
  readonly #all: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync) {
    this.#all = db.prepare("SELECT token_id, kept_until FROM foreign_revocations ORDER BY token_id");
    this.#put = db.prepare(
      `INSERT INTO foreign_revocations (token_id, kept_until) VALUES (?, ?)
       ON CONFLICT (token_id) DO UPDATE SET kept_until = excluded.kept_until`,
    );
    this.#remove = db.prepare("DELETE FROM foreign_revocations WHERE token_id = ?");
  }

  all(): readonly ForeignRevocation[] {
    const rows = this.#all.all() as unknown as readonly { token_id: string; kept_until: number | null }[];
    return rows.map(({ token_id: tokenId, kept_until: keptUntil }) => ({ tokenId, keptUntil: keptUntil ?? undefined }));
  }

  put({ tokenId, keptUntil }: ForeignRevocation): void {
    this.#put.run(tokenId, keptUntil ?? null);
  }

  remove(tokenId: string): void {
    this.#remove.run(tokenId);
  }
}
