import type { Row } from "../../database/driver.ts";
import { MAX_RECORD_BYTES, REVOKED, VALID } from "../bounds.ts";
import type { ListedToken, StoredToken, TokenTable } from "../session.ts";
import { append } from "./change-log.ts";
import { listOf, lockCounter, type SqlContext } from "./context.ts";
import type { Statements } from "./lane.ts";

/** How records begin of tokens that were not revoked, as a pattern of `LIKE`. */
const VALID_PATTERN = VALID.replaceAll("_", "!_");

/** The tokens, each with when it was revoked beside its record. */
export class SqlTokenTable implements TokenTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async issue({ tokenId, record, createdAt, expiresAt, keptUntil }: StoredToken): Promise<void> {
    const { tables, lanes } = this.#context;
    if (keptUntil <= (await this.#now())) {
      throw new Error("the clock of the store is more than a day ahead of that of the gateway");
    }
    const sql = `INSERT INTO ${tables.tokens} (id, record, created_at, expires_at, kept_until) VALUES (?, ?, ?, ?, ?)`;
    await lanes.plain.execute(sql, [tokenId, record, createdAt, expiresAt, keptUntil]);
  }

  async read(tokenId: string): Promise<string> {
    const { tables, lanes } = this.#context;
    const [row] = await lanes.plain.query(`SELECT ${RECORD} FROM ${tables.tokens} WHERE id = ?`, [tokenId]);
    return row === undefined ? "" : recordOf(row);
  }

  async list(behind: ListedToken | undefined, count: number): Promise<readonly ListedToken[]> {
    const { tables, lanes } = this.#context;
    const now = await this.#now();
    const after = behind === undefined ? "" : "AND (created_at < ? OR (created_at = ? AND id < ?))";
    const values = behind === undefined ? [] : [behind.createdAt, behind.createdAt, behind.tokenId];
    // The instant is a value, so that the database knows how few have not expired, and does not look at all others.
    const rows = await lanes.plain.query(
      `SELECT id, created_at FROM ${tables.tokens} WHERE revoked_at IS NULL AND expires_at > ? ${after} ` +
        "ORDER BY created_at DESC, id DESC LIMIT ?",
      [now, ...values, count],
    );
    return rows.map((row) => ({ tokenId: String(row["id"]), createdAt: Number(row["created_at"]) }));
  }

  async revoke(tokenIds: readonly string[]): Promise<readonly (string | null)[]> {
    const { lanes } = this.#context;
    const found = await this.#find(lanes.tokens, tokenIds);
    const revoked = [...found.values()].some(isValid)
      ? await lanes.tokens.transaction(async (statements) => await this.#revoke(statements, tokenIds))
      : found;
    return tokenIds.map((tokenId) => {
      const row = revoked.get(tokenId);
      if (row === undefined) return null;
      return String(row["record"]).startsWith(VALID) ? recordOf(row) : "";
    });
  }

  async areValid(tokenIds: readonly string[]): Promise<readonly boolean[]> {
    if (tokenIds.length === 0) return [];
    const { tables, lanes } = this.#context;
    const rows = await lanes.tokens.query(
      `SELECT id FROM ${tables.tokens} WHERE id IN (${listOf(tokenIds.length)}) AND revoked_at IS NULL ` +
        `AND record LIKE '${VALID_PATTERN}%' ESCAPE '!'`,
      tokenIds,
    );
    const valid = new Set(rows.map(({ id }) => id));
    return tokenIds.map((tokenId) => valid.has(tokenId));
  }

  /** Removes some that are not kept any longer. @returns how many. */
  async trim(most: number): Promise<number> {
    const { tables, lanes, dialect } = this.#context;
    const condition = `kept_until <= ${dialect.clock}`;
    // It may wait for another gateway that removes the same.
    return await lanes.tokens.execute(
      dialect.removeSome({ table: tables.tokens, key: "id", condition, order: "kept_until", most }),
    );
  }

  /** The database's clock. */
  async #now(): Promise<number> {
    const { lanes, dialect } = this.#context;
    const [row] = await lanes.plain.query(`SELECT ${dialect.clock} AS now`);
    return Number(row?.["now"]);
  }

  async #revoke(statements: Statements, tokenIds: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    const { tables } = this.#context;
    const counter = await lockCounter(statements, this.#context, "log");
    const found = await this.#find(statements, tokenIds);
    const valid = tokenIds.filter((tokenId) => isValid(found.get(tokenId)));
    if (valid.length === 0) return found;
    const sql = `UPDATE ${tables.tokens} SET revoked_at = ? WHERE id IN (${listOf(valid.length)})`;
    await statements.execute(sql, [Date.now(), ...valid]);
    await append(
      statements,
      this.#context,
      counter,
      valid.map((id) => ({ kind: "revoked", id })),
    );
    return await this.#find(statements, tokenIds);
  }

  async #find(statements: Statements, tokenIds: readonly string[]): Promise<ReadonlyMap<string, Row>> {
    const { tables } = this.#context;
    const sql = `SELECT id, ${RECORD} FROM ${tables.tokens} WHERE id IN (${listOf(tokenIds.length)})`;
    const rows = await statements.query(sql, tokenIds);
    return new Map(rows.map((row) => [String(row["id"]), row]));
  }
}

/** One character more than a record may have, so that a longer one is seen. */
const RECORD = `LEFT(record, ${MAX_RECORD_BYTES + 1}) AS record, revoked_at`;

function isValid(row: Row | undefined): boolean {
  return row !== undefined && row["revoked_at"] === null;
}

/** The record as one text, as if the instant of its revocation was stored in it. */
function recordOf({ record, revoked_at: revokedAt }: Row): string {
  return revokedAt === null ? String(record) : `${REVOKED}${Number(revokedAt)},${String(record).slice(1)}`;
}
