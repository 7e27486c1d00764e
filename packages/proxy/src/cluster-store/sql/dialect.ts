import type { Table } from "./tables.ts";

/** What differs between the databases, besides their drivers. */
export interface Dialect {
  quote(name: string): string;
  /** The database's clock, in milliseconds since the epoch. */
  readonly clock: string;
  /** What each connection begins with. */
  setUp(timeoutMs: number): readonly string[];
  /** The same as far as the database's version has it. */
  setUpIfPossible(timeoutMs: number): readonly string[];
  /**
   * Whether it can be written to, as `is_read_only`, and which server it is, as `identity`: another one behind the same
   * address may have lost what was written last. Which of its sessions it is, as `session`; and where it cannot be used,
   * why, as `unfit`.
   */
  readonly state: string;
  /** Removes some rows, the first by a column that has an index: without reading more rows than it removes. */
  removeSome(rows: RemovedRows): string;
  /** The statements that make a table where there is none. */
  create(table: Table, quoted: string): readonly string[];
  /** Keeps others from making tables until the transaction ends; undefined where they can be made twice. */
  readonly lockSchema: string | undefined;
  /** Tells those that listen to a channel, when the transaction ends; undefined where there is no such thing. */
  readonly notify: string | undefined;
  /** How often changes are looked for, in milliseconds. */
  readonly pollMs: number;
  readonly errors: ErrorCodes;
}

/** What is removed from a table. */
export interface RemovedRows {
  readonly table: string;
  /** The column that is its primary key. */
  readonly key: string;
  readonly condition: string;
  readonly order: string;
  readonly most: number;
}

/** The codes of errors that mean something. */
export interface ErrorCodes {
  /** A transaction that lost against another one, and can be tried again. */
  readonly conflict: ReadonlySet<string>;
  /** The server is not the one to write to. */
  readonly readOnly: ReadonlySet<string>;
  readonly duplicate: ReadonlySet<string>;
  readonly missingTable: ReadonlySet<string>;
  /** Its user may not do that. */
  readonly forbidden: ReadonlySet<string>;
}

/** Whether an error has one of these codes. */
export function hasCode(error: unknown, codes: ReadonlySet<string>): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === "string" && codes.has(code);
}
