import type { ConnectionPart, StoreConnection } from "../cluster-store/connection.ts";
import type { KnownLease, LeaseHolder, NamedLease, SlotRules, StoreSession } from "../cluster-store/session.ts";
import type { SlotOwner } from "../limits/shared-slots.ts";
import {
  LIMIT_NAMES,
  type LimitOptions,
  type OwnedLease,
  type SlotLease,
  type SlotTable,
  type Verdict,
} from "../limits/slots.ts";
import { clientGroup } from "../net/client-address.ts";
import type { Membership } from "./membership.ts";

/** How many leases one command announces or frees. */
const BATCH = 500;

/** Where the leases of a gateway in the store begin. */
const FIRST_PAGE = "";

/** How long a beat may look for leases that are not held any more, in milliseconds: over a long line, the next one goes on. */
const SWEEP_MS = 250;

/** How many leases may wait to be counted again. */
const MAX_RESTORING = 1000;

/** What a {@link StoreSlots} is made with. */
export interface StoreSlotsOptions {
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
    this.#limits = options.limits;
  }

  /** A lease of this gateway by its name in the store; undefined for one that was released. */
  find(name: string): OwnedLease<SlotOwner> | undefined {
    const [gateway, id = ""] = name.split("/", 2);
    return gateway === this.#options.membership.self.id ? this.#own.get(id) : undefined;
  }

  async prepare(store: StoreSession): Promise<void> {
    await this.#announceAll(store);
    // What was released without a connection is still in the store.
    this.#sweepsFrom = FIRST_PAGE;
  }

  async beat(store: StoreSession): Promise<void> {
    if (this.#restoring.size > 0) await this.#restoreAll(store);
    if (this.#announces) {
      this.#announces = false;
      await this.#announceAll(store);
    }
    if (this.#sweepsFrom !== undefined) await this.#sweep(store, this.#sweepsFrom);
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
    this.#send(async (store) => await this.#restoreAll(store));
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
    const entry = { id: lease.id, known: describe(lease) };
    const rules = this.#rulesFor(lease, consenting);
    const ask = async (store: StoreSession) => await store.leases.acquire(this.#holder, entry, rules);
    const decision = await this.#options.store().run(ask);
    switch (decision.kind) {
      case "refused":
        return { refusedBy: decision.limit, replaces: [] };
      case "ask":
        return { replaces: [], asks: { limit: decision.limit, of: this.#withOwners(decision.of) } };
      case "granted": {
        const { replaces, leaving } = decision;
        return {
          replaces: this.#withOwners(replaces),
          ...(leaving.length > 0 && { leaving: this.#withOwners(leaving) }),
        };
      }
    }
  }

  #rulesFor(lease: SlotLease, consenting?: readonly OwnedLease<SlotOwner>[]): SlotRules {
    const { max, max_per_client, max_per_token, max_per_instance, max_per_user, on_limit } = this.#limits;
    return {
      most: {
        max: max ?? Infinity,
        max_per_client: max_per_client ?? Infinity,
        max_per_token: Math.min(max_per_token ?? Infinity, lease.maxSessions ?? Infinity),
        max_per_instance: max_per_instance ?? Infinity,
        max_per_user: max_per_user ?? Infinity,
      },
      isRenewal: lease.isRenewal === true,
      onLimit: on_limit,
      agreed: consenting?.map((each) => each.lease.id),
    };
  }

  /** This gateway, as the store checks it. */
  get #holder(): LeaseHolder {
    const { self, fence } = this.#options.membership;
    return { id: self.id, fence };
  }

  /** Leases with those who can end their sessions. */
  #withOwners(leases: readonly NamedLease[]): readonly OwnedLease<SlotOwner>[] {
    return leases.map(({ name, known: { session, client, token, instance, user } }) => {
      const [gateway = ""] = name.split("/", 1);
      const own = this.#own.get(name.slice(gateway.length + 1));
      const lease = { id: name, session, client, token, instance, user };
      return { lease, owner: own?.owner ?? this.#options.gateway(gateway) };
    });
  }

  #free(name: string): void {
    if (this.#releasing.push(name) === 1) setImmediate(() => this.#flush());
    if (this.#releasing.length >= BATCH) this.#flush();
  }

  #flush(): void {
    const names = this.#releasing;
    if (names.length === 0) return;
    this.#releasing = [];
    this.#send(async (store) => await store.leases.release(names));
  }

  /** What cannot be freed now is found at a beat. */
  #send(work: (store: StoreSession) => Promise<unknown>): void {
    this.#options
      .store()
      .run(work)
      .catch(() => {
        this.#sweepsFrom = FIRST_PAGE;
      });
  }

  async #restoreAll(store: StoreSession): Promise<void> {
    const names = [...this.#restoring];
    await store.leases.restore(names);
    for (const name of names) this.#restoring.delete(name);
  }

  async #announceAll(store: StoreSession): Promise<void> {
    const all = [...this.#own.values()].filter((own) => own.isGranted && this.#isCounted(own.lease));
    const announcing: Promise<void>[] = [];
    for (let start = 0; start < all.length; start += BATCH) {
      const batch = all.slice(start, start + BATCH);
      for (const own of batch) own.isRecorded = true;
      const entries = batch.map(({ lease }) => ({ id: lease.id, known: describe(lease) }));
      announcing.push(store.leases.announce(this.#holder, entries));
    }
    await Promise.all(announcing);
  }

  /** Frees what the store has of this gateway and is not held. */
  async #sweep(store: StoreSession, from: string): Promise<void> {
    this.#sweepsFrom = undefined;
    const until = performance.now() + SWEEP_MS;
    let next: string | undefined = from;
    do {
      const page = await store.leases.page(this.#options.membership.self.id, next);
      ({ next } = page);
      const names = page.ids.flatMap((id) => (this.#own.has(id) ? [] : [this.#nameOf(id)]));
      if (names.length > 0) await store.leases.release(names);
    } while (next !== undefined && performance.now() < until);
    this.#sweepsFrom ??= next;
  }
}

/** What the store keeps of a lease. */
function describe({ session, client, token, instance, user }: SlotLease): KnownLease {
  return { session, client, group: clientGroup(client), token, instance, user };
}
