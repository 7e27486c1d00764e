import type { SlotOwner } from "../limits/shared-slots.ts";
import {
  LIMIT_NAMES,
  type LimitName,
  type LimitOptions,
  type OwnedLease,
  type SlotLease,
  type SlotTable,
  type Verdict,
} from "../limits/slots.ts";
import { clientGroup } from "../net/client-address.ts";
import type { StoreClient } from "../valkey/client.ts";
import type { ConnectionPart, StoreConnection } from "../valkey/connection.ts";
import { keyPrefix } from "./lease-script.ts";
import { AWAY, type Membership } from "./membership.ts";
import { ACQUIRE, ANNOUNCE, RELEASE, RESTORE } from "./slot-scripts.ts";

/** How many leases one command announces or frees. */
const BATCH = 500;

/** How long a beat may look for leases that are not held any more, in milliseconds: over a long line, the next one goes on. */
const SWEEP_MS = 250;

/** How many leases may wait to be counted again. */
const MAX_RESTORING = 1000;

const SCRIPTS = [ACQUIRE, ANNOUNCE, RELEASE, RESTORE];

/** No limit, as a script reads it. */
const NO_LIMIT = "1e15";

/** What a {@link StoreSlots} is made with. */
export interface StoreSlotsOptions {
  /** What the keys in the store begin with. */
  readonly prefix: string;
  readonly limits: LimitOptions;
  readonly membership: Pick<Membership, "self" | "fence">;
  readonly store: () => Pick<StoreConnection, "run" | "checkSettled">;
  /** Another gateway, as an owner of leases. */
  readonly gateway: (id: string) => SlotOwner;
}

/** A lease of this gateway. */
interface OwnLease extends OwnedLease<SlotOwner> {
  /** Whether it has its slot: false while it is asked for. */
  isGranted: boolean;
  /** Whether the store may have it. */
  isRecorded: boolean;
}

/**
 * The slots of all gateways of a cluster, in its store. This gateway remembers its own leases, so that it can announce
 * them each time the connection is made, and find those in the store that are not held any more.
 *
 * In the store, a lease is named by its gateway and its id, which is also the id of each lease that comes from there.
 */
export class StoreSlots implements SlotTable<SlotOwner>, ConnectionPart {
  readonly #options: StoreSlotsOptions;
  readonly #prefix: string;
  #limits: LimitOptions;
  /** By lease id, the oldest first. */
  readonly #own = new Map<string, OwnLease>();
  /** The names of leases to free, in the next command. */
  #releasing: string[] = [];
  /** The names of leases to count again that were leaving. */
  readonly #restoring = new Set<string>();
  /** Whether leases may have to be announced. */
  #announces = false;
  /** Where the next beat looks for leases in the store that are not held any more; undefined where there are none. */
  #sweepsFrom: string | undefined;

  constructor(options: StoreSlotsOptions) {
    this.#options = options;
    this.#prefix = keyPrefix(options.prefix);
    this.#limits = options.limits;
  }

  /** A lease of this gateway by its name in the store; undefined for one that was released. */
  find(name: string): OwnedLease<SlotOwner> | undefined {
    const [gateway, id = ""] = name.split("/", 2);
    return gateway === this.#options.membership.self.id ? this.#own.get(id) : undefined;
  }

  async prepare(client: StoreClient): Promise<void> {
    await Promise.all(SCRIPTS.map(async (script) => await script.load(client)));
    await this.#announceAll(client);
    // What was released without a connection is still in the store.
    this.#sweepsFrom = "0";
  }

  async beat(client: StoreClient): Promise<void> {
    if (this.#restoring.size > 0) await this.#restoreAll(client);
    if (this.#announces) {
      this.#announces = false;
      await this.#announceAll(client);
    }
    if (this.#sweepsFrom !== undefined) await this.#sweep(client, this.#sweepsFrom);
  }

  configure(options: LimitOptions): void {
    this.#limits = options;
    // Sessions that no limit counted may count now.
    this.#announces = true;
  }

  async acquire(
    lease: SlotLease,
    owner: SlotOwner,
    consenting?: readonly OwnedLease<SlotOwner>[],
  ): Promise<Verdict<SlotOwner>> {
    this.#options.store().checkSettled();
    const isRecorded = this.#isCounted(lease);
    const own: OwnLease = { lease, owner, isGranted: false, isRecorded };
    this.#own.set(lease.id, own);
    const verdict = isRecorded ? await this.#ask(lease, consenting) : { replaces: [] };
    if (verdict.refusedBy !== undefined || verdict.asks !== undefined) {
      this.#own.delete(lease.id);
      return verdict;
    }
    own.isGranted = true;
    // Its release may have come to the store before it, if that had to be told the script once more.
    if (isRecorded && !this.#own.has(lease.id)) this.#free(this.#nameOf(lease.id));
    return verdict;
  }

  /** It is in the store after the next beat. */
  announce(lease: SlotLease, owner: SlotOwner): void {
    if (this.#own.has(lease.id)) return;
    this.#own.set(lease.id, { lease, owner, isGranted: true, isRecorded: false });
    this.#announces = true;
  }

  /** What cannot be counted again now is so at a beat; if this gateway dies before, the store does it by itself. */
  restore(leaseId: string): void {
    if (this.#restoring.size >= MAX_RESTORING) return;
    this.#restoring.add(this.#nameOf(leaseId));
    this.#send(async (client) => await this.#restoreAll(client));
  }

  release(leaseId: string): void {
    const own = this.#own.get(leaseId);
    this.#own.delete(leaseId);
    if (own?.isRecorded === true || leaseId.includes("/")) this.#free(this.#nameOf(leaseId));
  }

  releaseOwner(owner: SlotOwner): void {
    for (const [leaseId, own] of this.#own) if (own.owner === owner) this.release(leaseId);
  }

  #nameOf(leaseId: string): string {
    return leaseId.includes("/") ? leaseId : `${this.#options.membership.self.id}/${leaseId}`;
  }

  /** Without any limit, nothing is counted. */
  #isCounted({ maxSessions }: SlotLease): boolean {
    return maxSessions !== undefined || LIMIT_NAMES.some((name) => this.#limits[name] !== null);
  }

  /** @throws Error when the store does not answer: whether there is a slot is then not known until it is released. */
  async #ask(lease: SlotLease, consenting?: readonly OwnedLease<SlotOwner>[]): Promise<Verdict<SlotOwner>> {
    // What was released before may be the slot that it gets.
    this.#flush();
    const { membership, store } = this.#options;
    const { max, max_per_client, max_per_token, max_per_instance, max_per_user, on_limit } = this.#limits;
    const mostPerToken = Math.min(max_per_token ?? Infinity, lease.maxSessions ?? Infinity);
    const limits = [max, max_per_client, mostPerToken, max_per_instance, max_per_user].map(formatLimit);
    const agreed = consenting?.map((each) => each.lease.id);
    const args = [membership.self.id, membership.fence, lease.id, describe(lease), flag(lease.isRenewal === true)];
    args.push(...limits, on_limit, flag(agreed !== undefined), ...(agreed ?? []));
    const reply = await store().run(async (client) => await ACQUIRE.run(client, [this.#prefix], args));
    checkFence(reply);
    const [decision, limit, others, beside] = reply as readonly [
      string,
      LimitName,
      readonly string[],
      readonly string[],
    ];
    if (decision === "refused") return { refusedBy: limit, replaces: [] };
    const of = this.#parseLeases(others);
    if (decision === "ask") return { replaces: [], asks: { limit, of } };
    return { replaces: of, ...(beside.length > 0 && { leaving: this.#parseLeases(beside) }) };
  }

  /** @param pairs - names and what is known of each. */
  #parseLeases(pairs: readonly string[]): readonly OwnedLease<SlotOwner>[] {
    const leases: OwnedLease<SlotOwner>[] = [];
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const [name = "", known = ""] = pairs.slice(index, index + 2);
      const [gateway = ""] = name.split("/", 1);
      const { session, client, token, instance, user } = JSON.parse(known) as SlotLease;
      const lease = { id: name, session, client, token, instance, user };
      leases.push({
        lease,
        owner: this.#own.get(name.slice(gateway.length + 1))?.owner ?? this.#options.gateway(gateway),
      });
    }
    return leases;
  }

  #free(name: string): void {
    if (this.#releasing.push(name) === 1) setImmediate(() => this.#flush());
    if (this.#releasing.length >= BATCH) this.#flush();
  }

  #flush(): void {
    const names = this.#releasing;
    if (names.length === 0) return;
    this.#releasing = [];
    this.#send(async (client) => await RELEASE.run(client, [this.#prefix], names));
  }

  /** What cannot be freed now is found at a beat. */
  #send(work: (client: StoreClient) => Promise<unknown>): void {
    this.#options
      .store()
      .run(work)
      .catch(() => {
        this.#sweepsFrom = "0";
      });
  }

  async #restoreAll(client: StoreClient): Promise<void> {
    const names = [...this.#restoring];
    await RESTORE.run(client, [this.#prefix], names);
    for (const name of names) this.#restoring.delete(name);
  }

  async #announceAll(client: StoreClient): Promise<void> {
    const { membership } = this.#options;
    const all = [...this.#own.values()].filter((own) => own.isGranted && this.#isCounted(own.lease));
    const announcing: Promise<unknown>[] = [];
    for (let start = 0; start < all.length; start += BATCH) {
      const args = [membership.self.id, membership.fence];
      for (const own of all.slice(start, start + BATCH)) {
        own.isRecorded = true;
        args.push(own.lease.id, describe(own.lease));
      }
      announcing.push(ANNOUNCE.run(client, [this.#prefix], args));
    }
    for (const reply of await Promise.all(announcing)) checkFence(reply);
  }

  /** Frees what the store has of this gateway and is not held. */
  async #sweep(client: StoreClient, from: string): Promise<void> {
    this.#sweepsFrom = undefined;
    const key = `${this.#prefix}leases:${this.#options.membership.self.id}`;
    const until = performance.now() + SWEEP_MS;
    let cursor = from;
    do {
      const page = await client.hScan(key, cursor, { COUNT: BATCH });
      ({ cursor } = page);
      const names = page.entries.flatMap(({ field }) => (this.#own.has(field) ? [] : [this.#nameOf(field)]));
      if (names.length > 0) await RELEASE.run(client, [this.#prefix], names);
    } while (cursor !== "0" && performance.now() < until);
    if (cursor !== "0") this.#sweepsFrom ??= cursor;
  }
}

/** What the store keeps of a lease. */
function describe({ session, client, token, instance, user }: SlotLease): string {
  return JSON.stringify({ session, client, group: clientGroup(client), token, instance, user });
}

function flag(isSet: boolean): string {
  return isSet ? "1" : "0";
}

function formatLimit(limit: number | null): string {
  return limit === null || limit === Infinity ? NO_LIMIT : `${limit}`;
}

function checkFence(reply: unknown): void {
  if (reply === "fenced") throw new Error(AWAY);
}
