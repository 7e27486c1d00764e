import type { StoreProblem, StoreSession } from "../session.ts";
import { SqlChangeLog } from "./change-log.ts";
import type { SqlContext } from "./context.ts";
import { SqlLeaseTable } from "./lease-table.ts";
import { SqlLockTable } from "./lock-table.ts";
import { SqlMemberTable } from "./member-table.ts";
import { SqlMessageTable } from "./message-table.ts";
import { SqlTokenTable } from "./token-table.ts";
import { SqlUseTable } from "./use-table.ts";

/** How many rows of each kind one statement removes: what waits for it waits for some milliseconds. */
const TRIMMED_AT_ONCE = 250;

/** What the connections to a database do. */
export class SqlSession implements StoreSession {
  readonly tokens: SqlTokenTable;
  readonly uses: SqlUseTable;
  readonly locks: SqlLockTable;
  readonly log: SqlChangeLog;
  readonly members: SqlMemberTable;
  readonly leases: SqlLeaseTable;
  readonly messages: SqlMessageTable;

  constructor(context: SqlContext) {
    this.tokens = new SqlTokenTable(context);
    this.uses = new SqlUseTable(context);
    this.locks = new SqlLockTable(context);
    this.log = new SqlChangeLog(context);
    this.members = new SqlMemberTable(context);
    this.leases = new SqlLeaseTable(context);
    this.messages = new SqlMessageTable(context);
  }

  /** Removes some of what is not needed any more, of each kind. @returns whether there is more. */
  async trim(): Promise<boolean> {
    const removed = [
      await this.tokens.trim(TRIMMED_AT_ONCE),
      await this.uses.trim(TRIMMED_AT_ONCE),
      await this.messages.trim(TRIMMED_AT_ONCE),
    ];
    return removed.some((count) => count >= TRIMMED_AT_ONCE);
  }

  async findProblems(): Promise<readonly StoreProblem[]> {
    return [];
  }
}
