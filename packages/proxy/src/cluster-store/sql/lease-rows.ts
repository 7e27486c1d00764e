import type { Row } from "../../database/driver.ts";
import { sha256 } from "../../sha256.ts";
import { GatewayFenced, type KnownLease, type LeaseEntry, type LeaseHolder, type NamedLease } from "../session.ts";
import { listOf, lockCounter, rowsOf, type SqlContext, writeCounter } from "./context.ts";
import type { Statements } from "./lane.ts";

const COLUMNS = ["gateway", "id", "place", "known", "client_key", "token_key", "instance_key", "user_key"] as const;

/** The leases within a transaction that holds their lock. How many count is in their counter. */
export class LeaseRows {
  readonly #statements: Statements;
  readonly #context: SqlContext;
  #count: number;
  #version: number;
  #isChanged = false;

  private constructor(statements: Statements, context: SqlContext, counter: { number: number; version: number }) {
    this.#statements = statements;
    this.#context = context;
    this.#count = counter.number;
    this.#version = counter.version;
  }

  static async lock(statements: Statements, context: SqlContext): Promise<LeaseRows> {
    return new LeaseRows(statements, context, await lockCounter(statements, context, "leases"));
  }

  /** How many count. */
  get count(): number {
    return this.#count;
  }

  /** @throws GatewayFenced */
  async checkFence({ id, fence }: LeaseHolder): Promise<void> {
    const sql = `SELECT 1 FROM ${this.#table("gateways")} WHERE id = ? AND fence = ?`;
    const [found] = await this.#statements.query(sql, [id, fence]);
    if (found === undefined) throw new GatewayFenced();
  }

  /** Counts leases, except for those that are there. */
  async add(gateway: string, leases: readonly LeaseEntry[]): Promise<void> {
    const found = await this.#find(leases.map(({ id }) => `${gateway}/${id}`));
    const there = new Set(found.map(({ id }) => id));
    const missing = [...new Map(leases.map((lease) => [lease.id, lease])).values()].filter(({ id }) => !there.has(id));
    if (missing.length > 0) await this.insert(gateway, missing);
  }

  /** Counts leases that are not there. */
  async insert(gateway: string, leases: readonly LeaseEntry[]): Promise<void> {
    const values = leases.flatMap(({ id, known }) => [gateway, id, this.#nextPlace(), ...describe(known)]);
    const sql = `INSERT INTO ${this.#table("leases")} (${COLUMNS.join(", ")}) VALUES ${rowsOf(leases.length, COLUMNS.length)}`;
    await this.#statements.execute(sql, values);
    this.#change(leases.length);
  }

  /** Takes the slots of leases that count, whose sessions have to leave. */
  async leave(leases: readonly NamedLease[]): Promise<void> {
    if (leases.length === 0) return;
    const { dialect } = this.#context;
    const { condition, values } = these(leases.map(({ name }) => name));
    const sql = `UPDATE ${this.#table("leases")} SET leaving_since = ${dialect.clock} WHERE leaving_since IS NULL AND ${condition}`;
    this.#change(-(await this.#statements.execute(sql, values)));
  }

  /** Counts leases again that are leaving. */
  async restore(names: readonly string[]): Promise<void> {
    const { condition, values } = these(names);
    const sql = `UPDATE ${this.#table("leases")} SET leaving_since = NULL, place = ? WHERE leaving_since IS NOT NULL AND ${condition}`;
    this.#change(await this.#statements.execute(sql, [this.#nextPlace(), ...values]));
  }

  /** The same for those that have been leaving for too long. */
  async restoreDue(leavingMs: number, most: number): Promise<void> {
    const { dialect } = this.#context;
    const sql = `SELECT gateway, id FROM ${this.#table("leases")} WHERE leaving_since <= ${dialect.clock} - ${leavingMs} LIMIT ${most}`;
    const due = await this.#statements.query(sql, []);
    if (due.length > 0) await this.restore(due.map(nameOf));
  }

  /** Frees leases; those that are not there are passed over. */
  async release(names: readonly string[]): Promise<void> {
    const found = await this.#find(names);
    if (found.length === 0) return;
    this.#change(-found.filter((row) => row["leaving_since"] === null).length);
    const { condition, values } = these(names);
    await this.#statements.execute(`DELETE FROM ${this.#table("leases")} WHERE ${condition}`, values);
  }

  /** Frees some leases of a gateway. */
  async releaseSome(gateway: string, most: number): Promise<void> {
    const sql = `SELECT gateway, id FROM ${this.#table("leases")} WHERE gateway = ? LIMIT ${most}`;
    const rows = await this.#statements.query(sql, [gateway]);
    if (rows.length > 0) await this.release(rows.map(nameOf));
  }

  /** Writes how many count; once, at the end. */
  async done(): Promise<void> {
    if (!this.#isChanged) return;
    const counter = { number: this.#count, version: this.#version + 1 };
    await writeCounter(this.#statements, this.#context, "leases", counter);
  }

  async #find(names: readonly string[]): Promise<readonly Row[]> {
    const { condition, values } = these(names);
    const sql = `SELECT gateway, id, leaving_since FROM ${this.#table("leases")} WHERE ${condition}`;
    return await this.#statements.query(sql, values);
  }

  /** The version of the counter is also the place of what was added or restored last. */
  #nextPlace(): number {
    return (this.#version += 1);
  }

  #change(count: number): void {
    this.#count += count;
    this.#isChanged = true;
  }

  #table(name: "leases" | "gateways"): string {
    return this.#context.tables[name];
  }
}

/** What leases are counted for, in place of what may be long or in any script. */
export function keyOf(value: string): string {
  return sha256(value).toString("base64url");
}

/** The values of the columns behind the place. */
function describe(known: KnownLease): readonly (string | null)[] {
  const { group, token, instance, user } = known;
  const optional = [instance, user].map((value) => (value === undefined ? null : keyOf(value)));
  return [JSON.stringify(known), keyOf(group), keyOf(token), ...optional];
}

/** A condition for leases with these names. MariaDB would look through all rows for pairs in a list. */
function these(names: readonly string[]): { readonly condition: string; readonly values: readonly string[] } {
  const byGateway = new Map<string, string[]>();
  for (const name of names) {
    const slash = name.indexOf("/");
    const gateway = name.slice(0, slash);
    const ids = byGateway.get(gateway) ?? [];
    byGateway.set(gateway, ids);
    ids.push(name.slice(slash + 1));
  }
  const conditions = [...byGateway.values()].map((ids) => `gateway = ? AND id IN (${listOf(ids.length)})`);
  return {
    condition: `(${conditions.join(" OR ")})`,
    values: [...byGateway].flatMap(([gateway, ids]) => [gateway, ...ids]),
  };
}

/** The name of the lease of a row. */
export function nameOf({ gateway, id }: Row): string {
  return `${String(gateway)}/${String(id)}`;
}
