import type { Row } from "../../database/driver.ts";
import { LOG_ENTRIES, LOG_READ } from "../bounds.ts";
import type { ChangeLog, LogEntry } from "../session.ts";
import { type Counter, rowsOf, type SqlContext, writeCounter } from "./context.ts";
import type { Statements } from "./lane.ts";

/**
 * The log. Its numbers rise in the order in which entries become visible, without holes: what takes one holds the lock of
 * the counter until its transaction has ended. The numbers that a database gives by itself can become visible in another
 * order, and a reader that has seen a later one would miss the earlier.
 */
export class SqlChangeLog implements ChangeLog {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async last(): Promise<Pick<LogEntry, "number" | "position">> {
    const { tables, lanes } = this.#context;
    const [row] = await lanes.plain.query(`SELECT number FROM ${tables.counters} WHERE name = 'log'`);
    if (row === undefined) throw new Error("the cluster's store has lost its counter log");
    const number = Number(row["number"]);
    return { number, position: String(number) };
  }

  async read(position: string, waitMs: number): Promise<readonly LogEntry[]> {
    const { tables, lanes, wake, closed, dialect } = this.#context;
    const until = performance.now() + waitMs - dialect.pollMs;
    // The counter is read, too: where it has gone back, nothing would be found any more.
    const sql =
      `SELECT c.number AS written, l.number, l.kind, l.id FROM ${tables.counters} c ` +
      `LEFT JOIN ${tables.log} l ON l.number > ? WHERE c.name = 'log' ORDER BY l.number LIMIT ${LOG_READ}`;
    for (;;) {
      closed.throwIfAborted();
      const rows = await lanes.polls.query(sql, [Number(position)]);
      const written = Number(rows[0]?.["written"] ?? -1);
      if (written < Number(position)) throw new Error("the cluster's store has lost its log");
      if (written > Number(position) || performance.now() > until) return rows.flatMap(toEntry);
      await wake.wait(dialect.pollMs);
    }
  }
}

/** @returns nothing for the row that only has the counter. */
function toEntry({ number, kind, id }: Row): readonly LogEntry[] {
  if (number === null) return [];
  const at = Number(number);
  return [{ kind: String(kind), id: String(id), number: at, position: String(at) }];
}

/** Adds entries to the log, whose counter is locked, and drops as many of the oldest as there are too many. */
export async function append(
  statements: Statements,
  context: SqlContext,
  { number, version }: Counter,
  entries: readonly Pick<LogEntry, "kind" | "id">[],
): Promise<void> {
  const { tables, dialect, channel } = context;
  const values = entries.flatMap(({ kind, id }, index) => [number + 1 + index, kind, id]);
  const sql = `INSERT INTO ${tables.log} (number, kind, id) VALUES ${rowsOf(entries.length, 3)}`;
  await statements.execute(sql, values);
  const last = number + entries.length;
  await statements.execute(`DELETE FROM ${tables.log} WHERE number <= ?`, [last - LOG_ENTRIES]);
  await writeCounter(statements, context, "log", { number: last, version: version + 1 });
  if (dialect.notify !== undefined) await statements.query(dialect.notify, [channel]);
}
