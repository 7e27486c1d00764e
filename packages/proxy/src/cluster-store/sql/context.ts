import type { Lane, Statements } from "./lane.ts";
import type { Dialect } from "./dialect.ts";
import type { CounterName, TableName } from "./tables.ts";
import type { Wake } from "./wake.ts";

/** What the parts of a session share. */
export interface SqlContext {
  readonly dialect: Dialect;
  /** The names of the tables, quoted. */
  readonly tables: Readonly<Record<TableName, string>>;
  /** The channel on which a change is told. */
  readonly channel: string;
  readonly lanes: Lanes;
  /** Cuts waits for changes short. */
  readonly wake: Wake;
  readonly onLost: (error: unknown) => void;
  /** Aborts when the session is closed. */
  readonly closed: AbortSignal;
}

/**
 * The connections of a session. What waits for a lock of other gateways has one of its own for each lock, so that it holds up
 * neither lookups nor beats.
 */
export interface Lanes {
  /** What waits for nothing. */
  readonly plain: Lane;
  /** What is written of tokens and locks. */
  readonly tokens: Lane;
  readonly leases: Lane;
  /** What is asked again and again. */
  readonly polls: Lane;
}

/** A counter. */
export interface Counter {
  /** How many there are, or were written. */
  readonly number: number;
  /** Counts up with each change. */
  readonly version: number;
}

/** Locks a counter until the transaction ends. What is read afterwards is what the last one to have it has written. */
export async function lockCounter(statements: Statements, { tables }: SqlContext, name: CounterName): Promise<Counter> {
  const [row] = await statements.query(`SELECT number, version FROM ${tables.counters} WHERE name = ? FOR UPDATE`, [
    name,
  ]);
  if (row === undefined) throw new Error(`the cluster's store has lost its counter ${name}`);
  return { number: Number(row["number"]), version: Number(row["version"]) };
}

/**
 * Writes a counter that is locked. It is always another one than before, so that also the nodes of a Galera cluster, which
 * lock nothing at each other, see who was first.
 */
export async function writeCounter(
  statements: Statements,
  { tables }: SqlContext,
  name: CounterName,
  { number, version }: Counter,
): Promise<void> {
  const sql = `UPDATE ${tables.counters} SET number = ?, version = ? WHERE name = ?`;
  await statements.execute(sql, [number, version, name]);
}

/** `(?, ?), (?, ?)` */
export function rowsOf(count: number, columns: number): string {
  const row = `(${listOf(columns)})`;
  return Array.from({ length: count }, () => row).join(", ");
}

/** `?, ?` */
export function listOf(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
