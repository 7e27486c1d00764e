import { once } from "node:events";
import { type RedisServer, startRedis } from "@curfew/testing/real";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { TakeoverAnswer } from "../../src/limits/takeover.ts";
import { createLogger } from "../../src/telemetry/log.ts";
import type { StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
import { GatewayCluster } from "../../src/cluster/gateway-cluster.ts";
import { MergedControl } from "../../src/control/merged-control.ts";
import { stopwatch } from "../support/waited.ts";
import {
  type GatewayOptions,
  NO_LIMITS,
  type OpenGateways,
  openGateways,
  openStore,
  storeUrl,
  type TestGateway,
} from "./gateways.ts";

const NAMES = ["one", "two", "three"];

/** Of the two seconds that a stop may take, this leaves some to everything else, in milliseconds. */
const STOP_MS = 1500;

const BUSY = { reason: "server_busy" };

let server: RedisServer;
let store: StoreClient;
let prefix: string;
let runs = 0;
let open: OpenGateways | undefined;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => await server.stop());

beforeEach(async () => {
  store = await openStore(server);
  prefix = `test${(runs += 1)}`;
});
afterEach(async () => {
  await open?.[Symbol.asyncDispose]();
  open = undefined;
  if (store.isOpen) store.destroy();
});

type Three = [TestGateway, TestGateway, TestGateway];

async function start(options: GatewayOptions = {}, gatewayNames: readonly string[] = NAMES): Promise<Three> {
  open = await openGateways(storeUrl(server), prefix, gatewayNames, options);
  return open.gateways as unknown as Three;
}

async function counted(field = "all"): Promise<number> {
  return Number(await store.hGet(`{${prefix}}:counts`, field));
}

async function killConnections(): Promise<void> {
  for (const type of ["normal", "pubsub"]) await store.sendCommand(["CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"]);
}

/** Ends a gateway's lease, as if it had not been heard of for as long. */
async function expire({ id }: TestGateway): Promise<void> {
  await store.zAdd(`{${prefix}}:gateways`, { score: 1, value: id });
}

function names({ cluster }: TestGateway): string[] {
  const { membership } = cluster;
  return membership.live.map((member) => membership.nameOf(member)).toSorted();
}

describe("limits hold over all gateways", () => {
  test("and a slot that one releases is free at the others", async () => {
    const [one, two, three] = await start({ limits: { max: 2 } });
    await one.open("a");
    await two.open("b");
    await expect(three.open("c")).rejects.toMatchObject(BUSY);
    one.end("a");
    await vi.waitFor(async () => await three.open("c"));
    expect(await counted()).toBe(2);
    // At the same gateway, in the same turn.
    two.end("b");
    await two.open("d");
    for (const gateway of [two, three]) for (const session of gateway.sessions.keys()) gateway.end(session);
    await vi.waitFor(async () => expect(await store.exists(`{${prefix}}:counts`)).toBe(0));
  });

  test("also that of a token, and of IPv6 clients by their /64", async () => {
    const [one, two] = await start({ limits: { max_per_client: 2 } });
    await one.open("a", { token: "t", maxSessions: 1 });
    await expect(two.open("b", { token: "t", maxSessions: 1 })).rejects.toMatchObject(BUSY);
    await one.open("c", { client: "2001:db8::1" });
    await two.open("d", { client: "2001:db8::2" });
    await expect(two.open("e", { client: "2001:db8::3" })).rejects.toMatchObject(BUSY);
  });

  test("without any, nothing is counted until one is set", async () => {
    const [one, two] = await start();
    await one.open("a");
    await one.open("b");
    one.end("b");
    expect(await counted()).toBe(0);
    for (const { limits } of [one, two]) limits.configure({ ...NO_LIMITS, max: 1 });
    await vi.waitFor(async () => expect(await counted()).toBe(1));
    await expect(two.open("c")).rejects.toMatchObject(BUSY);
  });
});

describe("a session that replaces one at another gateway", () => {
  const limits = { max_per_instance: 1, max: 2, on_limit: "replace" } as const;
  const instance = "vm-1";

  test("has its slot when that has ended", async () => {
    const [one, two] = await start({ limits });
    await one.open("old", { instance, user: "alice" });
    await two.open("new", { instance, user: "bob" });
    expect([[...one.sessions.keys()], one.replaced]).toEqual([[], ["old: bob took the console over"]]);
    expect(await counted()).toBe(1);
  });

  test("has none where that gateway does not confirm the end, and the other keeps its slot", async () => {
    const [one, two, three] = await start({ limits });
    await one.open("old", { instance });
    one.ending = Promise.reject(new Error("the worker hangs"));
    one.ending.catch(() => {});
    await expect(two.open("new", { instance })).rejects.toMatchObject(BUSY);
    await vi.waitFor(async () => expect([await counted(), await store.exists(`{${prefix}}:leaving`)]).toEqual([1, 0]));
    one.ending = undefined;
    await three.open("third", { instance });
    expect([[...one.sessions.keys()], await counted()]).toEqual([[], 1]);
  });

  test("waits for one that a third gateway is replacing already", async () => {
    const [one, two, three] = await start({ limits });
    await one.open("old", { instance });
    const end = Promise.withResolvers<void>();
    one.ending = end.promise;
    const opening = [two.open("second", { instance }).catch(() => {})];
    await vi.waitFor(async () => expect(await store.zCard(`{${prefix}}:leaving`)).toBe(1));
    opening.push(three.open("third", { instance }));
    await vi.waitFor(() => expect(two.replaced).toEqual(["second: another session took the console over"]));
    expect([one.sessions.size, three.sessions.size]).toEqual([1, 0]);
    end.resolve();
    await Promise.all(opening);
    expect([one.sessions.size, three.sessions.size, await counted()]).toEqual([0, 1, 1]);
  });

  test("and dies before that has ended does not take its slot for good", async () => {
    const [one, two] = await start({ limits });
    await one.open("old", { instance });
    one.ending = new Promise(() => {});
    const opening = two.open("second", { instance }).catch(() => {});
    await vi.waitFor(async () => expect(await store.zCard(`{${prefix}}:leaving`)).toBe(1));
    await two.connection.close();
    await opening;
    await expire(two);
    // As if the time for it had passed.
    await store.zAdd(`{${prefix}}:leaving`, { score: 1, value: `${one.id}/${one.leaseOf("old")}` });
    // That it is gone is known a moment before its slots are freed.
    await vi.waitFor(async () =>
      expect([await counted(), names(one), await store.exists(`{${prefix}}:leaving`)]).toEqual([
        1,
        ["one", "three"],
        0,
      ]),
    );
    expect(one.sessions.size).toBe(1);
  });
});

describe("a session whose user is asked, at another gateway,", () => {
  const limits = { max_per_user: 1, on_limit: "ask" } as const;
  const user = "alice";

  test.each<[TakeoverAnswer, string[]]>([
    ["allowed", ["new"]],
    ["denied", ["old"]],
  ])("%s", async (answer, left) => {
    const [one, two] = await start({ limits });
    one.answer = async () => answer;
    await one.open("old", { user });
    await two.open("new", { user }).catch(() => {});
    expect([...one.sessions.keys(), ...two.sessions.keys()]).toEqual(left);
    expect(await counted()).toBe(1);
  });

  test("is asked no more when the other one leaves", async () => {
    const [one, two] = await start({ limits });
    const asked = Promise.withResolvers<AbortSignal>();
    one.answer = async (_session, signal) => {
      asked.resolve(signal);
      await once(signal, "abort");
      return "unanswered";
    };
    await one.open("old", { user });
    const opening = two.open("new", { user });
    const signal = await asked.promise;
    two.end("new");
    await expect(opening).rejects.toMatchObject(BUSY);
    await vi.waitFor(() => expect(signal.aborted).toBe(true));
    expect([...one.sessions.keys(), await counted()]).toEqual(["old", 1]);
  });
});

describe("a gateway", () => {
  test("that dies leaves the list with its lease, and its slots are freed once", async () => {
    const [one, two, three] = await start({ limits: { max: 3 } });
    for (const session of ["a", "b"]) await one.open(session);
    await two.open("c");
    await expect(three.open("d")).rejects.toMatchObject(BUSY);
    await one.connection.close();
    await expire(one);
    await vi.waitFor(async () =>
      expect([names(two), names(three), await counted()]).toEqual([["three", "two"], ["three", "two"], 1]),
    );
    for (const session of ["d", "e"]) await three.open(session);
    await expect(two.open("f")).rejects.toMatchObject(BUSY);
    expect((await two.control.end({ by: "all" }, { reason: "session_terminated", detail: "" })).unavailable).toEqual(
      [],
    );
  });

  test("with many sessions is reaped in pieces", async () => {
    const [one, two] = await start({ limits: { max: 10_000 } });
    for (let first = 0; first < 1300; first += 100) {
      await Promise.all(Array.from({ length: 100 }, async (_, number) => await one.open(`${first + number}`)));
    }
    expect(await counted()).toBe(1300);
    await one.connection.close();
    await expire(one);
    await vi.waitFor(async () => expect([names(two), await counted()]).toEqual([["three", "two"], 0]));
    expect(await store.keys(`{${prefix}}:leases:*`)).toEqual([]);
  });

  test("that was stopped for longer than its lease announces its sessions again, even above a limit", async () => {
    const [one, two] = await start({ limits: { max: 2 } });
    for (const session of ["a", "b"]) await one.open(session);
    await vi.waitFor(async () => {
      await expire(one);
      await two.cluster.membership.reap(new ValkeySession(store, prefix));
      // Until its next beat, which notices it.
      expect(await counted()).toBe(0);
    });
    await two.open("c");
    await vi.waitFor(async () => expect([await counted(), names(two)]).toEqual([3, ["one", "three", "two"]]));
    one.end("a");
    one.end("b");
    await vi.waitFor(async () => expect(await counted()).toBe(1));
  });

  test("that leaves is gone at once, and does not come back", async () => {
    const [one, two] = await start({ limits: { max: 2 } });
    await one.open("a");
    await one.cluster.leave();
    await one.cluster.membership.beat(new ValkeySession(store, prefix));
    await vi.waitFor(() => expect(names(two)).toEqual(["three", "two"]));
    expect(await counted()).toBe(0);
  });

  test("with the name of another one is told apart by a part of its id", async () => {
    const [one, other, third] = await start({}, ["same", "same", "third"]);
    await vi.waitFor(() => expect(names(third)).toHaveLength(3));
    const [left, right] = [one, other].map(({ id }) => `same (${id.slice(0, 6)})`);
    expect(new Set(names(third))).toEqual(new Set([left, right, "third"]));
  });
});

describe("the store", () => {
  const limits = { max: 3 } as const;

  test("that loses everything learns of every session again", async () => {
    const [one, two, three] = await start({ limits });
    await one.open("a");
    await two.open("b");
    await server.kill();
    await expect(three.open("c")).rejects.toMatchObject(BUSY);
    two.end("b");
    await server.start();
    store.destroy();
    store = await openStore(server);
    await vi.waitUntil(() => [one, two, three].every(({ connection }) => connection.isOpen));
    await vi.waitFor(async () => expect([await counted(), names(three)]).toEqual([1, ["one", "three", "two"]]));
    for (const session of ["c", "d"]) await three.open(session);
    await expect(three.open("e")).rejects.toMatchObject(BUSY);
  });

  test("that was away learns of what was released meanwhile", async () => {
    const [one, two] = await start({ limits });
    for (const session of ["a", "b", "c"]) await one.open(session);
    const lost = new Promise<void>((resolve) => one.connection.onChange(() => resolve()));
    await killConnections();
    await lost;
    expect(one.connection.isOpen).toBe(false);
    one.end("a");
    one.end("b");
    await vi.waitFor(async () => expect(await counted()).toBe(1));
    await vi.waitFor(async () => await two.open("d"));
    expect(await counted()).toBe(2);
  });

  test("that is full opens nothing, but what runs is counted when the connection is made again, and what ends is freed", async () => {
    const [one, two] = await start({ limits });
    for (const session of ["a", "b"]) await one.open(session);
    await store.configSet("maxmemory", "1");
    try {
      await expect(two.open("c")).rejects.toMatchObject(BUSY);
      const lost = new Promise<void>((resolve) => one.connection.onChange(() => resolve()));
      await killConnections();
      await lost;
      await store.del(`{${prefix}}:leases:${one.id}`);
      await store.del(`{${prefix}}:counts`);
      await vi.waitUntil(() => one.connection.isOpen);
      await vi.waitFor(async () => expect(await counted()).toBe(2));
      one.end("a");
      await vi.waitFor(async () => expect(await counted()).toBe(1));
    } finally {
      await store.configSet("maxmemory", "0");
    }
    await vi.waitFor(async () => await two.open("c"));
  });

  test("that stands still holds a stop up for no longer than a second", async () => {
    const settings = { ca: null, name: "one", prefix, lease: 10, on_store_loss: "keep" } as const;
    const cluster = new GatewayCluster({ ...settings, store: storeUrl(server) }, NO_LIMITS, createLogger("silent"));
    const control = new MergedControl(async () => ({ answers: [], unavailable: [], replaced: [] }));
    cluster.join({ control, tokenIds: async () => [] });
    await cluster.connect();
    server.freeze();
    const elapsed = stopwatch();
    await cluster.close();
    expect(elapsed()).toBeLessThan(STOP_MS);
    server.thaw();
  });

  test("whose connections break again and again counts exactly what runs in the end", async () => {
    const three = await start({ limits: { max: 50, max_per_instance: 4, on_limit: "replace" } });
    let last = 0;
    const use = async (gateway: TestGateway): Promise<void> => {
      for (let time = 0; time < 60; time += 1) {
        const session = `${(last += 1)}`;
        const opening = gateway.open(session, { instance: `vm-${last % 20}` }).catch(() => {});
        // Some leave before they have their slots.
        if (last % 3 === 0) gateway.end(session);
        await opening;
        const oldest = gateway.sessions.keys().next().value;
        if (gateway.sessions.size > 10 && oldest !== undefined) gateway.end(oldest);
        await new Promise(setImmediate);
      }
    };
    const breakConnections = async (): Promise<void> => {
      for (let time = 0; time < 5; time += 1) {
        await vi.waitUntil(() => three.every(({ connection }) => connection.isOpen));
        await killConnections();
      }
    };
    await Promise.all([...three, ...three].map(use).concat(breakConnections()));
    const running = (): number => three.reduce((sum, { sessions }) => sum + sessions.size, 0);
    await vi.waitFor(async () => expect(await counted()).toBe(running()));
    expect(running()).toBeGreaterThan(0);
    for (const gateway of three) for (const session of gateway.sessions.keys()) gateway.end(session);
    await vi.waitFor(async () => {
      const left = await store.keys(`{${prefix}}:*`);
      expect(left.filter((key) => /counts|leases|instance|leaving/.test(key))).toEqual([]);
    });
  });
});
