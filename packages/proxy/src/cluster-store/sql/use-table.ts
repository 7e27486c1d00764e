import type { Row } from "../../database/driver.ts";
import { FORGET_AFTER_MS, SAME_TIME_MS, TRIMMED, WRITE_AFTER_MS } from "../bounds.ts";
import { StoreFull, type UseTable } from "../session.ts";
import { listOf, lockCounter, rowsOf, type SqlContext, writeCounter } from "./context.ts";
import type { Statements } from "./lane.ts";

/** The uses of tokens. Each kind is counted, so that it can be bounded without counting rows. */
export class SqlUseTable implements UseTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async firstUse(id: string, now: number, most: number): Promise<number> {
    const { lanes } = this.#context;
    const known = judge(await this.#readFirst(lanes.plain, id), now);
    if (known !== undefined && !known.isEarlier && !known.isOld) return known.first;
    return await lanes.tokens.transaction(async (statements) => await this.#writeFirst(statements, { id, now, most }));
  }

  async mergeFirstUses(uses: readonly (readonly [id: string, first: number])[]): Promise<void> {
    const { tables, lanes, dialect } = this.#context;
    await lanes.tokens.transaction(async (statements) => {
      const counter = await lockCounter(statements, this.#context, "first_uses");
      const sql = `SELECT id, first_at FROM ${tables.first_uses} WHERE id IN (${listOf(uses.length)})`;
      const rows = await statements.query(
        sql,
        uses.map(([id]) => id),
      );
      const found = new Map(rows.map((row) => [String(row["id"]), Number(row["first_at"])]));
      for (const [id, first] of uses) {
        if (first >= (found.get(id) ?? Infinity)) continue;
        const isNew = !found.has(id);
        await statements.execute(
          isNew
            ? `INSERT INTO ${tables.first_uses} (first_at, id, last_at) VALUES (?, ?, ${dialect.clock})`
            : `UPDATE ${tables.first_uses} SET first_at = ? WHERE id = ?`,
          [first, id],
        );
      }
      const number = counter.number + uses.length - found.size;
      await writeCounter(statements, this.#context, "first_uses", { number, version: counter.version + 1 });
    });
  }

  async useOnce(id: string, keptUntil: number, most: number): Promise<boolean> {
    const { tables, lanes, dialect } = this.#context;
    return await lanes.tokens.transaction(async (statements) => {
      const { number, version } = await lockCounter(statements, this.#context, "uses");
      const [found] = await statements.query(`SELECT 1 FROM ${tables.uses} WHERE id = ?`, [id]);
      if (found !== undefined) return false;
      const expired = {
        table: tables.uses,
        key: "id",
        condition: `kept_until <= ${dialect.clock}`,
        order: "kept_until",
        most: TRIMMED,
      };
      const left = number - (number < most ? 0 : await statements.execute(dialect.removeSome(expired), []));
      if (left >= most) throw new StoreFull(`${most} single-use tokens were used and have not expired`);
      await statements.execute(`INSERT INTO ${tables.uses} (id, kept_until) VALUES (?, ?)`, [id, keptUntil]);
      await writeCounter(statements, this.#context, "uses", { number: left + 1, version: version + 1 });
      return true;
    });
  }

  async wasUsed(id: string): Promise<boolean> {
    const { tables, lanes } = this.#context;
    const [found] = await lanes.plain.query(`SELECT 1 FROM ${tables.uses} WHERE id = ?`, [id]);
    return found !== undefined;
  }

  async mergeUsed(uses: readonly (readonly [id: string, keptUntil: number])[]): Promise<void> {
    const { tables, lanes } = this.#context;
    await lanes.tokens.transaction(async (statements) => {
      const { number, version } = await lockCounter(statements, this.#context, "uses");
      const sql = `SELECT id FROM ${tables.uses} WHERE id IN (${listOf(uses.length)})`;
      const rows = await statements.query(
        sql,
        uses.map(([id]) => id),
      );
      const found = new Set(rows.map(({ id }) => id));
      const missing = uses.filter(([id]) => !found.has(id));
      if (missing.length === 0) return;
      const insert = `INSERT INTO ${tables.uses} (id, kept_until) VALUES ${rowsOf(missing.length, 2)}`;
      await statements.execute(insert, missing.flat());
      const counter = { number: number + missing.length, version: version + 1 };
      await writeCounter(statements, this.#context, "uses", counter);
    });
  }

  /** Removes what nothing asks for any more: some of each kind. @returns how many of the kind that had the most. */
  async trim(most: number): Promise<number> {
    const { tables, lanes, dialect } = this.#context;
    const kinds = [
      ["uses", tables.uses, "kept_until", `kept_until <= ${dialect.clock}`],
      ["first_uses", tables.first_uses, "last_at", `last_at <= ${dialect.clock} - ${FORGET_AFTER_MS}`],
    ] as const;
    let largest = 0;
    for (const [name, table, order, condition] of kinds) {
      const [old] = await lanes.plain.query(`SELECT 1 FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT 1`);
      if (old === undefined) continue;
      const removed = await lanes.tokens.transaction(async (statements) => {
        const { number, version } = await lockCounter(statements, this.#context, name);
        const count = await statements.execute(dialect.removeSome({ table, key: "id", condition, order, most }), []);
        await writeCounter(statements, this.#context, name, { number: number - count, version: version + 1 });
        return count;
      });
      largest = Math.max(largest, removed);
    }
    return largest;
  }

  async #readFirst(statements: Statements, id: string): Promise<Row | undefined> {
    const { tables, dialect } = this.#context;
    const sql = `SELECT first_at, last_at, ${dialect.clock} AS clock FROM ${tables.first_uses} WHERE id = ?`;
    const [row] = await statements.query(sql, [id]);
    return row;
  }

  async #writeFirst(
    statements: Statements,
    { id, now, most }: { readonly id: string; readonly now: number; readonly most: number },
  ): Promise<number> {
    const { tables, dialect } = this.#context;
    const { number, version } = await lockCounter(statements, this.#context, "first_uses");
    const row = await this.#readFirst(statements, id);
    const known = judge(row, now);
    if (row !== undefined) {
      const first = known === undefined || known.isEarlier ? now : known.first;
      const sql = `UPDATE ${tables.first_uses} SET first_at = ?, last_at = ${dialect.clock} WHERE id = ?`;
      await statements.execute(sql, [first, id]);
      return first;
    }
    const sql = `INSERT INTO ${tables.first_uses} (id, first_at, last_at) VALUES (?, ?, ${dialect.clock})`;
    await statements.execute(sql, [id, now]);
    const excess = Math.min(number + 1 - most, TRIMMED);
    const oldest = { table: tables.first_uses, key: "id", condition: "id <> ?", order: "last_at", most: excess };
    const removed = excess > 0 ? await statements.execute(dialect.removeSome(oldest), [id]) : 0;
    const counter = { number: number + 1 - removed, version: version + 1 };
    await writeCounter(statements, this.#context, "first_uses", counter);
    return now;
  }
}

interface KnownUse {
  readonly first: number;
  /** Whether a use now is earlier than the first one: the clock was set back. */
  readonly isEarlier: boolean;
  /** Whether the last use was so long ago that this one is to be written. */
  readonly isOld: boolean;
}

/** @returns undefined for a token that counts as new. */
function judge(row: Row | undefined, now: number): KnownUse | undefined {
  if (row === undefined) return undefined;
  const [first, last, clock] = [Number(row["first_at"]), Number(row["last_at"]), Number(row["clock"])];
  if (clock - last >= FORGET_AFTER_MS) return undefined;
  return { first, isEarlier: now + SAME_TIME_MS < first, isOld: clock - last >= WRITE_AFTER_MS };
}
