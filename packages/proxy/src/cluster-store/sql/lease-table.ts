import {
  GatewayFenced,
  type LeaseEntry,
  type LeaseHolder,
  type LeasePage,
  type LeaseTable,
  type SlotDecision,
  type SlotRules,
} from "../session.ts";
import type { SqlContext } from "./context.ts";
import type { Statements } from "./lane.ts";
import { LeaseRows } from "./lease-rows.ts";
import { decideSlot } from "./slot-decision.ts";
import { readSlotFacts } from "./slot-facts.ts";

/** How many leases a page has. */
const PAGE = 500;

/** The leases. All gateways wait for one lock, so that no two sessions get the last slot. */
export class SqlLeaseTable implements LeaseTable {
  readonly #context: SqlContext;

  constructor(context: SqlContext) {
    this.#context = context;
  }

  async acquire(holder: LeaseHolder, lease: LeaseEntry, rules: SlotRules): Promise<SlotDecision> {
    return await this.#locked(async (rows, statements) => {
      const facts = await readSlotFacts(statements, this.#context, { holder, lease, most: rules.most });
      if (!facts.isEntered) throw new GatewayFenced();
      const decision = decideSlot(lease.known, facts, rows.count, rules);
      if (decision.kind !== "granted") return decision;
      await rows.leave(decision.replaces);
      if (!facts.isThere) await rows.insert(holder.id, [lease]);
      return decision;
    });
  }

  async announce(holder: LeaseHolder, leases: readonly LeaseEntry[]): Promise<void> {
    await this.#locked(async (rows) => {
      await rows.checkFence(holder);
      await rows.add(holder.id, leases);
    });
  }

  async release(names: readonly string[]): Promise<void> {
    await this.#locked(async (rows) => await rows.release(names));
  }

  async restore(names: readonly string[]): Promise<void> {
    await this.#locked(async (rows) => await rows.restore(names));
  }

  async page(gateway: string, from: string): Promise<LeasePage> {
    const { tables, lanes } = this.#context;
    const sql = `SELECT id FROM ${tables.leases} WHERE gateway = ? AND id > ? ORDER BY id LIMIT ${PAGE}`;
    const ids = (await lanes.leases.query(sql, [gateway, from])).map(({ id }) => String(id));
    return { ids, next: ids.length < PAGE ? undefined : ids.at(-1) };
  }

  async #locked<T>(work: (rows: LeaseRows, statements: Statements) => Promise<T>): Promise<T> {
    return await this.#context.lanes.leases.transaction(async (statements) => {
      const rows = await LeaseRows.lock(statements, this.#context);
      const result = await work(rows, statements);
      await rows.done();
      return result;
    });
  }
}
