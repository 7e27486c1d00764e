import type { StoreProblem, StoreSession } from "../session.ts";
import { SqlChangeLog } from "./change-log.ts";
import type { SqlContext } from "./context.ts";
import { SqlLeaseTable } from "./lease-table.ts";
import { SqlLockTable } from "./lock-table.ts";
import { SqlMemberTable } from "./member-table.ts";
import { SqlMessageTable } from "./message-table.ts";
import { SqlTokenTable } from "./token-table.ts";
import { SqlUseTable } from "./use-table.ts";

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

  /** Removes some of what is not needed any more, of each kind. */
  async trim(): Promise<void> {
    await this.tokens.trim();
    await this.uses.trim();
    await this.messages.trim();
  }

  async findProblem(): Promise<StoreProblem | undefined> {
    return undefined;
  }
}
