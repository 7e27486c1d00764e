import type { StoreProblem, StoreSession } from "../session.ts";
import { ValkeyChangeLog } from "./change-log.ts";
import type { StoreClient } from "./client.ts";
import { findDroppedTransactions, LOADING_USER, writesOf } from "./default-user.ts";
import { keyPrefix } from "./key-prefix.ts";
import { LEASE_SCRIPTS, ValkeyLeaseTable } from "./lease-table.ts";
import { ValkeyLockTable } from "./lock-table.ts";
import { ValkeyMemberTable } from "./member-table.ts";
import { findEviction } from "./memory-policy.ts";
import { ValkeyMessageTable } from "./message-table.ts";
import { tokenKeys } from "./token-keys.ts";
import { ValkeyTokenTable } from "./token-table.ts";
import { ValkeyUseTable } from "./use-table.ts";

/** What one connection to Valkey or Redis does. */
export class ValkeySession implements StoreSession {
  readonly client: StoreClient;
  readonly tokens: ValkeyTokenTable;
  readonly uses: ValkeyUseTable;
  readonly locks: ValkeyLockTable;
  readonly log: ValkeyChangeLog;
  readonly members: ValkeyMemberTable;
  readonly leases: ValkeyLeaseTable;
  readonly messages: ValkeyMessageTable;
  readonly #keysBegin: string;

  /** @param prefix - the cluster's. */
  constructor(client: StoreClient, prefix: string) {
    const keys = tokenKeys(prefix);
    const keysBegin = keyPrefix(prefix);
    this.client = client;
    this.#keysBegin = keysBegin;
    this.tokens = new ValkeyTokenTable(client, keys);
    this.uses = new ValkeyUseTable(client, keys);
    this.locks = new ValkeyLockTable(client, keys);
    this.log = new ValkeyChangeLog(client, keys.log);
    this.members = new ValkeyMemberTable(client, keysBegin);
    this.leases = new ValkeyLeaseTable(client, keysBegin);
    this.messages = new ValkeyMessageTable(client, keysBegin);
  }

  /** Gives the store the texts of scripts before they are needed, so that commands keep their order. */
  async load(): Promise<void> {
    await Promise.all(LEASE_SCRIPTS.map(async (script) => await script.load(this.client)));
  }

  /** A user of the store may not be allowed to ask. */
  async findProblems(): Promise<readonly StoreProblem[]> {
    const ask = async (section: string): Promise<string> => await this.client.info(section).catch(() => "");
    const tried = writesOf(`${this.#keysBegin}any`).map(
      async (command) => await this.client.aclDryRun(LOADING_USER, [...command]).catch(() => "OK"),
    );
    const [memory, persistence, ...verdicts] = await Promise.all([ask("memory"), ask("persistence"), ...tried]);
    return [findEviction(memory) ?? [], findDroppedTransactions(persistence, verdicts) ?? []].flat();
  }
}
