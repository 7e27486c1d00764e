import type { Row } from "../../database/driver.ts";
import { type LockTable, type StoredLock, StoreFull } from "../session.ts";
import { append } from "./change-log.ts";
import { listOf, lockCounter, type SqlContext } from "./context.ts";
import type { Statements } from "./lane.ts";

/** How many locks are read at once. */
const PAGE = 500;

/** The locks. What writes them holds the lock of the log, in which it tells of them. */
export class SqlLockTable implements LockTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async write(id: string, json: string, now: number, most: number): Promise<number> {
    const { tables, lanes } = this.#context;
    return await lanes.tokens.transaction(async (statements) => {
      const counter = await lockCounter(statements, this.#context, "log");
      const current = (await this.#read(statements, [id])).get(id);
      const [row] = await statements.query(`SELECT COUNT(*) AS count FROM ${tables.locks}`, []);
      const isFull = Number(row?.["count"]) >= most;
      if (isFull && current === undefined && json !== "") {
        throw new StoreFull(`there are ${most} locks, and there may be no more`);
      }
      const version = Math.max(now, (current?.version ?? 0) + 1);
      if (isFull && json === "") await this.#remove(statements, [id]);
      else await this.#put(statements, [id, { version, json }], current !== undefined);
      await append(statements, this.#context, counter, [{ kind: "lock", id }]);
      return version;
    });
  }

  async merge(locks: readonly (readonly [id: string, lock: StoredLock])[]): Promise<void> {
    await this.#context.lanes.tokens.transaction(async (statements) => {
      const counter = await lockCounter(statements, this.#context, "log");
      const ids = locks.map(([id]) => id);
      const found = await this.#read(statements, ids);
      const later = locks.filter(([id, { version }]) => version > (found.get(id)?.version ?? 0));
      if (later.length === 0) return;
      for (const lock of later) await this.#put(statements, lock, found.has(lock[0]));
      await append(
        statements,
        this.#context,
        counter,
        later.map(([id]) => ({ kind: "lock", id })),
      );
    });
  }

  async read(ids: readonly string[]): Promise<readonly (StoredLock | undefined)[]> {
    const found = await this.#read(this.#context.lanes.tokens, ids);
    return ids.map((id) => found.get(id));
  }

  async readAll(most: number): Promise<ReadonlyMap<string, StoredLock>> {
    const { tables, lanes } = this.#context;
    const sql = `SELECT id, version, json FROM ${tables.locks} WHERE id > ? ORDER BY id LIMIT ${PAGE}`;
    const found = new Map<string, StoredLock>();
    // In pages, because an answer is bounded. What is written meanwhile is told in the log.
    for (let last: string | undefined = ""; last !== undefined;) {
      const page = toLocks(await lanes.tokens.query(sql, [last]));
      for (const [id, lock] of page) found.set(id, lock);
      if (found.size > most) throw new Error(`expected at most ${most} locks in the cluster's store, but got more`);
      last = page.size < PAGE ? undefined : [...page.keys()].at(-1);
    }
    return found;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#remove(this.#context.lanes.tokens, ids);
  }

  async #read(statements: Statements, ids: readonly string[]): Promise<ReadonlyMap<string, StoredLock>> {
    const { tables } = this.#context;
    const sql = `SELECT id, version, json FROM ${tables.locks} WHERE id IN (${listOf(ids.length)})`;
    return toLocks(await statements.query(sql, ids));
  }

  async #put(
    statements: Statements,
    [id, { version, json }]: readonly [id: string, lock: StoredLock],
    isThere: boolean,
  ): Promise<void> {
    const { tables } = this.#context;
    const sql = isThere
      ? `UPDATE ${tables.locks} SET version = ?, json = ? WHERE id = ?`
      : `INSERT INTO ${tables.locks} (version, json, id) VALUES (?, ?, ?)`;
    await statements.execute(sql, [version, json, id]);
  }

  async #remove(statements: Statements, ids: readonly string[]): Promise<void> {
    const { tables } = this.#context;
    await statements.execute(`DELETE FROM ${tables.locks} WHERE id IN (${listOf(ids.length)})`, ids);
  }
}

function toLocks(rows: readonly Row[]): ReadonlyMap<string, StoredLock> {
  return new Map(
    rows.map((row) => [String(row["id"]), { version: Number(row["version"]), json: String(row["json"]) }]),
  );
}
