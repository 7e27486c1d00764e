import type { MessageTable } from "../session.ts";
import { listOf, type SqlContext } from "./context.ts";

/** How many messages may wait for one gateway, and how many it takes at once: each has up to a million characters. */
const MAX_WAITING = 1000;
const TAKEN = 5;

/** How long a message may wait, in milliseconds: longer than any question is asked for that needs an answer at once. */
const KEPT_MS = 10_000;

/** Messages as rows, which the gateway that they are for removes. */
export class SqlMessageTable implements MessageTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async send(gateway: string, message: string): Promise<boolean> {
    const { tables, lanes, dialect, channel } = this.#context;
    const waiting = `SELECT COUNT(*) FROM ${tables.messages} WHERE gateway = ?`;
    const sql = `SELECT (${waiting}) AS waiting FROM ${tables.gateways} WHERE id = ? AND lease_until > ${dialect.clock}`;
    const [row] = await lanes.plain.query(sql, [gateway, gateway]);
    if (row === undefined) return false;
    if (Number(row["waiting"]) >= MAX_WAITING) throw new Error(`${MAX_WAITING} messages wait for it already`);
    const insert = `INSERT INTO ${tables.messages} (gateway, body, sent_at) VALUES (?, ?, ${dialect.clock})`;
    await lanes.plain.execute(insert, [gateway, message]);
    if (dialect.notify !== undefined) await lanes.plain.query(dialect.notify, [channel]);
    return true;
  }

  /** What was sent before is not for this connection. */
  async receive(gateway: string, listener: (message: string) => void): Promise<void> {
    const { tables, lanes, onLost } = this.#context;
    await lanes.polls.execute(`DELETE FROM ${tables.messages} WHERE gateway = ?`, [gateway]);
    this.#follow(gateway, listener).catch(onLost);
  }

  /** Removes some of what no gateway has taken. @returns how many. */
  async trim(most: number): Promise<number> {
    const { tables, lanes, dialect } = this.#context;
    const condition = `sent_at <= ${dialect.clock} - ${KEPT_MS}`;
    return await lanes.tokens.execute(
      dialect.removeSome({ table: tables.messages, key: "number", condition, order: "sent_at", most }),
    );
  }

  async #follow(gateway: string, listener: (message: string) => void): Promise<never> {
    const { wake, closed, dialect } = this.#context;
    for (;;) {
      closed.throwIfAborted();
      const messages = await this.#take(gateway);
      for (const message of messages) listener(message);
      if (messages.length < TAKEN) await wake.wait(dialect.pollMs);
    }
  }

  /** They are removed first: one that is lost is asked again, but one that comes twice would be done twice. */
  async #take(gateway: string): Promise<readonly string[]> {
    const { tables, lanes } = this.#context;
    const sql = `SELECT number, body FROM ${tables.messages} WHERE gateway = ? ORDER BY number LIMIT ${TAKEN}`;
    const rows = await lanes.polls.query(sql, [gateway]);
    if (rows.length === 0) return [];
    const numbers = rows.map(({ number }) => Number(number));
    await lanes.polls.execute(`DELETE FROM ${tables.messages} WHERE number IN (${listOf(numbers.length)})`, numbers);
    return rows.map(({ body }) => String(body));
  }
}
