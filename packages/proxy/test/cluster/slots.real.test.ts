import { type RedisServer, startRedis } from "@curfew/testing/real";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import type { StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
import type { SlotLease } from "../../src/limits/slots.ts";
import { NO_LIMITS, openStore } from "./gateways.ts";
import { checkSequences, Member, owner, type SlotStore } from "./slot-sequences.ts";

const RUNS = 100;

let server: RedisServer;
let client: StoreClient;

beforeAll(async () => {
  server = await startRedis();
  client = await openStore(server);
  // As each connection does: commands keep their order then.
  await new ValkeySession(client, "any").load();
});

afterAll(async () => {
  client.destroy();
  await server.stop();
});

const store: SlotStore = {
  session: (prefix) => new ValkeySession(client, prefix),
  counted: async (prefix) => Number(await client.hGet(`{${prefix}}:counts`, "all")),
  expire: async (prefix, value) => void (await client.zAdd(`{${prefix}}:gateways`, { score: 1, value })),
  left: async (prefix) => (await client.keys(`{${prefix}}:*`)).filter((key) => !key.endsWith(":lease-number")),
};

test("the store decides as the slots of one process do, and is empty in the end", async () => {
  await checkSequences(store, RUNS);
});

test("a gateway that was reaped, or that an older connection asks for, gets no slot", async () => {
  const prefix = "fenced";
  const options = { ...NO_LIMITS, max: 5 };
  const member = new Member(store, prefix, options);
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
  const { membership, slots, session } = new Member(store, prefix, {
    ...NO_LIMITS,
    max_per_instance: 1,
    on_limit: "ask",
  });
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
  const member = new Member(store, prefix, { ...NO_LIMITS, max_per_instance: 1, on_limit: "replace" });
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
  const { membership, slots, session } = new Member(store, prefix, { ...NO_LIMITS, max: 5 });
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
