import {
  GatewayFenced,
  type KnownLease,
  type LeaseEntry,
  type LeaseHolder,
  type LeasePage,
  type LeaseTable,
  type NamedLease,
  type SlotDecision,
  type SlotLimit,
  type SlotRules,
} from "../session.ts";
import type { StoreClient } from "./client.ts";
import type { StoreScript } from "./script.ts";
import { ACQUIRE, ANNOUNCE, RELEASE, RESTORE } from "./slot-scripts.ts";

/** About how many leases a page has. */
const PAGE = 500;

/** No limit, as a script reads it. */
const NO_LIMIT = "1e15";

/** Loaded with each connection. */
export const LEASE_SCRIPTS: readonly StoreScript[] = [ACQUIRE, ANNOUNCE, RELEASE, RESTORE];

/** The leases, and how many of them count for what. */
export class ValkeyLeaseTable implements LeaseTable {
  readonly #client: StoreClient;
  readonly #prefix: string;

  /** @param prefix - of all keys. */
  constructor(client: StoreClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async acquire(holder: LeaseHolder, { id, known }: LeaseEntry, rules: SlotRules): Promise<SlotDecision> {
    const { most, isRenewal, onLimit, agreed } = rules;
    const limits = [most.max, most.max_per_client, most.max_per_token, most.max_per_instance, most.max_per_user];
    const args = [holder.id, holder.fence, id, JSON.stringify(known), flag(isRenewal), ...limits.map(formatLimit)];
    args.push(onLimit, flag(agreed !== undefined), ...(agreed ?? []));
    const reply = await ACQUIRE.run(this.#client, [this.#prefix], args);
    checkFence(reply);
    const [kind, limit, others, beside] = reply as readonly [
      SlotDecision["kind"],
      SlotLimit,
      readonly string[],
      readonly string[],
    ];
    if (kind === "refused") return { kind, limit };
    if (kind === "ask") return { kind, limit, of: parseLeases(others) };
    return { kind, replaces: parseLeases(others), leaving: parseLeases(beside) };
  }

  async announce({ id, fence }: LeaseHolder, leases: readonly LeaseEntry[]): Promise<void> {
    const described = leases.flatMap((lease) => [lease.id, JSON.stringify(lease.known)]);
    checkFence(await ANNOUNCE.run(this.#client, [this.#prefix], [id, fence, ...described]));
  }

  async release(names: readonly string[]): Promise<void> {
    await RELEASE.run(this.#client, [this.#prefix], names);
  }

  async restore(names: readonly string[]): Promise<void> {
    await RESTORE.run(this.#client, [this.#prefix], names);
  }

  async page(gateway: string, from: string): Promise<LeasePage> {
    const key = `${this.#prefix}leases:${gateway}`;
    const { cursor, entries } = await this.#client.hScan(key, from === "" ? "0" : from, { COUNT: PAGE });
    return { ids: entries.map(({ field }) => field), next: cursor === "0" ? undefined : cursor };
  }
}

/** @param pairs - names and what is known of each. */
function parseLeases(pairs: readonly string[]): readonly NamedLease[] {
  const leases: NamedLease[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [name = "", known = ""] = pairs.slice(index, index + 2);
    leases.push({ name, known: JSON.parse(known) as KnownLease });
  }
  return leases;
}

function flag(isSet: boolean): string {
  return isSet ? "1" : "0";
}

function formatLimit(limit: number): string {
  return limit === Infinity ? NO_LIMIT : `${limit}`;
}

function checkFence(reply: unknown): void {
  if (reply === "fenced") throw new GatewayFenced();
}
