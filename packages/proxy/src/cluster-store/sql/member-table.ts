import { MAX_GATEWAYS } from "../bounds.ts";
import {
  type ClusterState,
  GatewayFenced,
  type MemberBeat,
  type MemberTable,
  type ReapedGateway,
  type ReapLimits,
} from "../session.ts";
import type { SqlContext } from "./context.ts";
import { LeaseRows } from "./lease-rows.ts";
import type { Statements } from "./lane.ts";

/** The gateways, by the database's clock. Beats are asked where much that is written at once does not hold them up. */
export class SqlMemberTable implements MemberTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async beat({ id, fence, view, leaseMs, leavingMs, enters }: MemberBeat): Promise<ClusterState> {
    const { tables, lanes, dialect } = this.#context;
    const until = `${dialect.clock} + ${leaseMs}`;
    if (enters) await this.#enter(id, { fence, view, until });
    else {
      // One that is reaped at this moment has another fence when this is done.
      const sql = `UPDATE ${tables.gateways} SET lease_until = ${until} WHERE id = ? AND fence = ?`;
      if ((await lanes.polls.execute(sql, [id, fence])) === 0) throw new GatewayFenced();
    }
    const ended = `SELECT COUNT(*) FROM ${tables.gateways} WHERE lease_until <= ${dialect.clock}`;
    const leaving = `SELECT COUNT(*) FROM ${tables.leases} WHERE leaving_since <= ${dialect.clock} - ${leavingMs}`;
    const rows = await lanes.polls.query(
      `SELECT seen, ${dialect.clock} AS clock, (${ended}) AS ended, (${leaving}) AS leaving FROM ${tables.gateways} ` +
        `WHERE lease_until > ${dialect.clock} LIMIT ${MAX_GATEWAYS}`,
    );
    const [first] = rows;
    if (first === undefined) throw new GatewayFenced();
    const isDue = Number(first["ended"]) + Number(first["leaving"]) > 0;
    return { now: Number(first["clock"]), isDue, views: rows.map(({ seen }) => seen) };
  }

  async reap({ most, leavingMs }: ReapLimits, gateway?: string): Promise<ReapedGateway | undefined> {
    return await this.#context.lanes.leases.transaction(async (statements) => {
      const leases = await LeaseRows.lock(statements, this.#context);
      await leases.restoreDue(leavingMs, most);
      const id = gateway ?? (await this.#findEnded(statements));
      const reaped = id === undefined ? undefined : await this.#free(statements, leases, { id, most });
      await leases.done();
      return reaped;
    });
  }

  async #enter(
    id: string,
    { fence, view, until }: { readonly fence: string; readonly view: string; readonly until: string },
  ): Promise<void> {
    const { tables, lanes } = this.#context;
    const update = `UPDATE ${tables.gateways} SET fence = ?, seen = ?, lease_until = ${until} WHERE id = ?`;
    if ((await lanes.polls.execute(update, [fence, view, id])) > 0) return;
    const insert = `INSERT INTO ${tables.gateways} (fence, seen, id, lease_until) VALUES (?, ?, ?, ${until})`;
    await lanes.polls.execute(insert, [fence, view, id]);
  }

  async #findEnded(statements: Statements): Promise<string | undefined> {
    const { tables, dialect } = this.#context;
    const sql = `SELECT id FROM ${tables.gateways} WHERE lease_until <= ${dialect.clock} ORDER BY lease_until LIMIT 1 FOR UPDATE`;
    const [row] = await statements.query(sql, []);
    return row && String(row["id"]);
  }

  async #free(
    statements: Statements,
    leases: LeaseRows,
    { id, most }: { readonly id: string; readonly most: number },
  ): Promise<ReapedGateway> {
    const { tables } = this.#context;
    await statements.execute(`UPDATE ${tables.gateways} SET fence = '' WHERE id = ?`, [id]);
    const [row] = await statements.query(`SELECT seen FROM ${tables.gateways} WHERE id = ?`, [id]);
    await leases.releaseSome(id, most);
    const [left] = await statements.query(`SELECT 1 FROM ${tables.leases} WHERE gateway = ? LIMIT 1`, [id]);
    if (left === undefined) await statements.execute(`DELETE FROM ${tables.gateways} WHERE id = ?`, [id]);
    return { view: row?.["seen"], isLast: left === undefined };
  }
}
