import fc from "fast-check";
import { expect } from "vitest";
import { StoreLost } from "../../src/cluster-store/connection.ts";
import type { StoreSession } from "../../src/cluster-store/session.ts";
import { Membership } from "../../src/cluster/membership.ts";
import { StoreSlots } from "../../src/cluster/store-slots.ts";
import type { SlotOwner } from "../../src/limits/shared-slots.ts";
import {
  LIMIT_NAMES,
  type LimitOptions,
  type OwnedLease,
  type SlotLease,
  Slots,
  type Verdict,
} from "../../src/limits/slots.ts";
import { createLogger } from "../../src/telemetry/log.ts";

/** What can happen to the slots of three gateways. */
type Event =
  | { readonly do: "acquire"; readonly gateway: number; readonly request: Omit<SlotLease, "id" | "session"> }
  | { readonly do: "consent"; readonly pick: number }
  | { readonly do: "release" | "restore" | "announce"; readonly pick: number }
  | { readonly do: "reap"; readonly gateway: number };

const gateway = fc.nat(2);
const pick = fc.nat(40);
const request = fc.record({
  client: fc.constantFrom("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"),
  token: fc.constantFrom("t1", "t2"),
  instance: fc.constantFrom("vm-1", "vm-2", undefined),
  user: fc.constantFrom("alice", "bob", undefined),
  maxSessions: fc.constantFrom(undefined, undefined, 2),
  isRenewal: fc.constantFrom(undefined, undefined, true),
});
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("acquire" as const), gateway, request }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("consent" as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom("release" as const, "restore" as const, "announce" as const), pick }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reap" as const), gateway }) },
);
const most = fc.constantFrom(null, 1, 2, 3);
/** Without any limit, the store counts nothing. */
const hasLimit = (options: LimitOptions): boolean => LIMIT_NAMES.some((name) => options[name] !== null);
const limitRecord: fc.Arbitrary<LimitOptions> = fc.record({
  max: fc.constantFrom(null, 2, 4, 6),
  max_per_client: most,
  max_per_token: fc.constantFrom(null, 2, 16),
  max_per_instance: most,
  max_per_user: most,
  on_limit: fc.constantFrom("refuse", "replace", "ask", "ask"),
});

const limits = limitRecord.filter(hasLimit);

/** A verdict in words that do not depend on who gives it. */
function describe(verdict: Verdict<unknown>): unknown {
  const ids = (of: readonly OwnedLease<unknown>[] = []): string[] => of.map(({ lease }) => lease.session);
  const { refusedBy, replaces, leaving, asks } = verdict;
  return {
    refusedBy,
    replaces: ids(replaces),
    leaving: ids(leaving).toSorted(),
    asks: asks && { limit: asks.limit, of: ids(asks.of) },
  };
}

/** One whose sessions end at once. */
export const owner: SlotOwner = { end: async () => {}, ask: async () => "allowed" };

/** Where the slots are that are compared with those of one process. */
export interface SlotStore {
  /** Makes room for a run: one that fails leaves something behind. */
  begin?(): Promise<void>;
  session(prefix: string): StoreSession;
  /** How many count. */
  counted(prefix: string): Promise<number>;
  /** Ends a gateway's lease, as if it had not been heard of for as long. */
  expire(prefix: string, gateway: string): Promise<void>;
  /** What the store has of leases and gateways. */
  left(prefix: string): Promise<readonly string[]>;
}

/** A gateway whose slots are in the store. */
export class Member {
  readonly membership: Membership;
  readonly slots: StoreSlots;
  readonly session: StoreSession;
  readonly #store: SlotStore;
  /** Whether it has no connection. */
  isAway = false;

  constructor(store: SlotStore, prefix: string, options: LimitOptions) {
    this.#store = store;
    this.session = store.session(prefix);
    this.membership = new Membership({ name: "one", leaseMs: 60_000, log: createLogger("silent") });
    this.slots = new StoreSlots({
      limits: options,
      membership: this.membership,
      store: () => ({
        run: async (work) => {
          if (this.isAway) throw new StoreLost("for a test");
          return await work(this.session);
        },
        checkSettled: () => {},
      }),
      gateway: () => owner,
    });
  }

  async die(prefix: string): Promise<void> {
    await this.#store.expire(prefix, this.membership.self.id);
    await this.membership.reap(this.session);
  }
}

interface Question {
  readonly lease: SlotLease;
  readonly memory: Verdict<number>;
  readonly store: Verdict<SlotOwner>;
}

/** Both tables, which have to agree after each step. */
class Pair {
  readonly #store: SlotStore;
  readonly #prefix: string;
  readonly #options: LimitOptions;
  readonly #memory: Slots<number>;
  readonly #members: Member[] = [];
  #leases: { readonly by: number; readonly lease: SlotLease }[] = [];
  #asked: (Question & { readonly by: number })[] = [];
  #last = 0;

  constructor(store: SlotStore, prefix: string, options: LimitOptions) {
    this.#store = store;
    this.#prefix = prefix;
    this.#options = options;
    this.#memory = new Slots(options);
  }

  async enter(by: number): Promise<void> {
    const member = new Member(this.#store, this.#prefix, this.#options);
    await member.membership.prepare(member.session);
    await member.slots.prepare(member.session);
    this.#members[by] = member;
  }

  /** @returns what both decided. */
  async apply(step: Event): Promise<readonly unknown[]> {
    switch (step.do) {
      case "acquire": {
        const id = `lease-${(this.#last += 1)}`;
        const lease = { ...step.request, id, session: id };
        this.#leases.push({ by: step.gateway, lease });
        return await this.#acquire(step.gateway, lease);
      }
      case "consent": {
        const [asked] = this.#asked.splice(step.pick % Math.max(this.#asked.length, 1), 1);
        return asked === undefined ? [] : await this.#acquire(asked.by, asked.lease, asked);
      }
      case "reap":
        this.#memory.releaseOwner(step.gateway);
        await this.#member(step.gateway).die(this.#prefix);
        this.#leases = this.#leases.filter(({ by }) => by !== step.gateway);
        this.#asked = this.#asked.filter(({ by }) => by !== step.gateway);
        await this.enter(step.gateway);
        return [];
      case "release":
      case "restore":
      case "announce":
        await this.#change(step.do, step.pick);
        return [];
    }
  }

  /** How many both count. */
  async counted(): Promise<readonly number[]> {
    await new Promise(setImmediate);
    return [await this.#store.counted(this.#prefix), this.#memory.size];
  }

  /** All leave. */
  async end(): Promise<void> {
    for (const { membership, session } of this.#members) await membership.leave(session);
  }

  #member(by: number): Member {
    return this.#members[by] as Member;
  }

  async #acquire(by: number, lease: SlotLease, asked?: Question): Promise<readonly unknown[]> {
    const store = await this.#member(by).slots.acquire(lease, owner, asked?.store.asks?.of);
    const memory = this.#memory.acquire(lease, by, asked?.memory.asks?.of);
    if (memory.asks !== undefined) this.#asked.push({ by, lease, memory, store });
    return [describe(store), describe(memory)];
  }

  async #change(what: "release" | "restore" | "announce", number: number): Promise<void> {
    const of = this.#leases[number % Math.max(this.#leases.length, 1)];
    if (of === undefined) return;
    const { lease, by } = of;
    const { slots, membership, session } = this.#member(by);
    if (what === "announce") {
      this.#memory.announce(lease, by);
      slots.announce(lease, owner);
      return await slots.beat(session);
    }
    this.#memory[what](lease.id);
    slots[what](`${membership.self.id}/${lease.id}`);
    if (what === "release") slots.release(lease.id);
  }
}

/** Holds a store to the slots of one process, which have to decide the same in random sequences, and to forget all in the end. */
export async function checkSequences(store: SlotStore, numRuns: number): Promise<void> {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(limits, fc.array(event, { minLength: 10, maxLength: 60 }), async (options, events) => {
      const prefix = `run${(run += 1)}`;
      await store.begin?.();
      const pair = new Pair(store, prefix, options);
      for (const by of [0, 1, 2]) await pair.enter(by);
      for (const step of events) {
        const [ofStore, ofMemory] = await pair.apply(step);
        expect(ofStore).toEqual(ofMemory);
        const [inStore, inMemory] = await pair.counted();
        expect(inStore).toBe(inMemory);
      }
      await pair.end();
      expect(await store.left(prefix)).toEqual([]);
    }),
    { numRuns },
  );
}
