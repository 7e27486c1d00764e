import { type RedisServer, startRedis } from "@curfew/testing/real";
import fc from "fast-check";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { StoreLost } from "../../src/cluster-store/connection.ts";
import type { StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
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
import { NO_LIMITS, openStore } from "./gateways.ts";

const RUNS = 100;

let server: RedisServer;
let client: StoreClient;

beforeAll(async () => {
  server = await startRedis();
  client = await openStore(server);
  // As each connection does: commands keep their order then.
  await new ValkeySession(client, "any").load();
}, 60_000);

afterAll(async () => {
  client.destroy();
  await server.stop();
});

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

const owner: SlotOwner = { end: async () => {}, ask: async () => "allowed" };

/** A gateway whose slots are in the store. */
class Member {
  readonly membership: Membership;
  readonly slots: StoreSlots;
  readonly session: ValkeySession;
  /** Whether it has no connection. */
  isAway = false;

  constructor(prefix: string, options: LimitOptions) {
    this.session = new ValkeySession(client, prefix);
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
    await client.zAdd(`{${prefix}}:gateways`, { score: 1, value: this.membership.self.id });
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
  readonly #prefix: string;
  readonly #options: LimitOptions;
  readonly #memory: Slots<number>;
  readonly #members: Member[] = [];
  #leases: { readonly by: number; readonly lease: SlotLease }[] = [];
  #asked: (Question & { readonly by: number })[] = [];
  #last = 0;

  constructor(prefix: string, options: LimitOptions) {
    this.#prefix = prefix;
    this.#options = options;
    this.#memory = new Slots(options);
  }

  async enter(by: number): Promise<void> {
    const member = new Member(this.#prefix, this.#options);
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
    return [Number(await client.hGet(`{${this.#prefix}}:counts`, "all")), this.#memory.size];
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

test("the store decides as the slots of one process do, and is empty in the end", async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(limits, fc.array(event, { minLength: 10, maxLength: 60 }), async (options, events) => {
      const prefix = `run${(run += 1)}`;
      const pair = new Pair(prefix, options);
      for (const by of [0, 1, 2]) await pair.enter(by);
      for (const step of events) {
        const [ofStore, ofMemory] = await pair.apply(step);
        expect(ofStore).toEqual(ofMemory);
        const [inStore, inMemory] = await pair.counted();
        expect(inStore).toBe(inMemory);
      }
      await pair.end();
      const left = await client.keys(`{${prefix}}:*`);
      expect(left.filter((key) => !key.endsWith(":lease-number"))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test("a gateway that was reaped, or that an older connection asks for, gets no slot", async () => {
  const prefix = "fenced";
  const options = { ...NO_LIMITS, max: 5 };
  const member = new Member(prefix, options);
  await member.membership.prepare(member.session);
  const lease = { id: "a", session: "a", client: "192.0.2.1", token: "t", instance: undefined, user: undefined };
  await member.slots.acquire(lease, owner);
  const { fence, self } = member.membership;
  await member.membership.prepare(member.session);
  const away = "this gateway was away for longer than its lease lasts";
  const most = { max: 5, max_per_client: 5, max_per_token: 5, max_per_instance: 5, max_per_user: 5 };
  const rules = { most, isRenewal: false, onLimit: "refuse", agreed: undefined } as const;
  const late = { id: "late", known: { ...lease, session: "late", group: lease.client } };
  await expect(member.session.leases.acquire({ id: self.id, fence }, late, rules)).rejects.toThrow(away);
  await member.die(prefix);
  await expect(member.slots.acquire({ ...lease, id: "b" }, owner)).rejects.toThrow(away);
  await expect(member.slots.prepare(member.session)).rejects.toThrow(away);
  await expect(member.membership.beat(member.session)).rejects.toThrow(away);
  expect(await client.exists(`{${prefix}}:counts`)).toBe(0);
});

test("no session is replaced whose user was not asked", async () => {
  const prefix = "consent";
  const { membership, slots, session } = new Member(prefix, { ...NO_LIMITS, max_per_instance: 1, on_limit: "ask" });
  await membership.prepare(session);
  const of = (id: string): SlotLease => {
    return { id, session: id, client: "192.0.2.1", token: id, instance: "vm-1", user: undefined };
  };
  await slots.acquire(of("a"), owner);
  const { asks } = await slots.acquire(of("next"), owner);
  slots.release("a");
  await slots.acquire(of("b"), owner);
  expect(await slots.acquire(of("next"), owner, asks?.of)).toEqual({ refusedBy: "max_per_instance", replaces: [] });
});

test("what could not be released or counted again without a connection is so at the next beat", async () => {
  const prefix = "away";
  const member = new Member(prefix, { ...NO_LIMITS, max_per_instance: 1, on_limit: "replace" });
  const { membership, slots, session } = member;
  await membership.prepare(session);
  await slots.prepare(session);
  const of = (id: string): SlotLease => {
    return { id, session: id, client: "192.0.2.1", token: id, instance: "vm-1", user: undefined };
  };
  await slots.beat(session);
  await slots.acquire(of("old"), owner);
  const { replaces } = await slots.acquire(of("new"), owner);
  member.isAway = true;
  for (const { lease } of replaces) slots.restore(lease.id);
  slots.release("new");
  await new Promise(setImmediate);
  await slots.beat(session);
  const leases = await client.hKeys(`{${prefix}}:leases:${membership.self.id}`);
  expect([leases, await client.hGet(`{${prefix}}:counts`, "all")]).toEqual([["old"], "1"]);
});

test("over a long line, a beat looks at one page of what may be left, or frees one, and the next goes on", async () => {
  const prefix = "long";
  const { membership, slots, session } = new Member(prefix, { ...NO_LIMITS, max: 5 });
  await membership.prepare(session);
  await slots.prepare(session);
  const key = `{${prefix}}:leases:${membership.self.id}`;
  const lease = JSON.stringify({ session: "s", client: "192.0.2.1", group: "192.0.2.1", token: "t" });
  const write = async (): Promise<void> => {
    await client.hSet(key, Object.fromEntries(Array.from({ length: 1500 }, (_, number) => [`lease-${number}`, lease])));
    await client.hSet(`{${prefix}}:counts`, { all: 1500, "client:192.0.2.1": 1500, "token:t": 1500 });
  };
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 300));
  onTestFinished(() => clock.mockRestore());
  await write();
  await slots.beat(session);
  const left = await client.hLen(key);
  expect(left).toBeGreaterThan(500);
  expect(left).toBeLessThan(1500);
  for (let beats = 0; beats < 20; beats += 1) await slots.beat(session);
  expect(await client.hLen(key)).toBe(0);
  await write();
  await client.zAdd(`{${prefix}}:gateways`, { score: 1, value: membership.self.id });
  await membership.reap(session);
  expect(await client.hLen(key)).toBeLessThan(1500);
  await membership.reap(session);
  expect(await client.hLen(key)).toBeGreaterThan(0);
});
