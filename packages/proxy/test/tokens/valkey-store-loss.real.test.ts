import { setTimeout as delay } from "node:timers/promises";
import { type RedisServer, startRedis } from "@curfew/testing/real";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StoreClient } from "../../src/cluster-store/valkey/client.ts";
import { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
import { sha256 } from "../../src/sha256.ts";
import type { Lock } from "../../src/tokens/lock.ts";
import type { TokenRequest } from "../../src/tokens/store.ts";
import { inParallel } from "../support/in-parallel.ts";
import { anyPrefix, connectTo, redisUrl, StoreGateway, StoreLink } from "./valkey-cluster.ts";

const REQUEST: TokenRequest = {
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  ttlMs: 60_000,
};

const DAY = 24 * 60 * 60 * 1000;

let server: RedisServer;
let redis: Awaited<ReturnType<typeof connectTo>>;
beforeAll(async () => {
  server = await startRedis();
  redis = await connectTo(server);
});
afterAll(async () => {
  redis[Symbol.dispose]();
  await server.stop();
});

async function open(prefix: string): Promise<StoreGateway> {
  return await StoreGateway.open({ url: redisUrl(server), prefix });
}

function lockOf(value: string): Lock {
  return { id: value, subject: "user", value, message: undefined, createdAt: Date.now() };
}

/** A gateway whose way to the store can be cut. */
async function openAway(
  prefix: string,
  settleMs = 0,
): Promise<{ gateway: StoreGateway; link: StoreLink } & AsyncDisposable> {
  const link = await StoreLink.open(server.port);
  const url = redisUrl({ host: "127.0.0.1", port: link.port, password: server.password });
  const gateway = await StoreGateway.open({ url, prefix, settleMs });
  return {
    gateway,
    link,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
    },
  };
}

const isOpen = async ({ connection }: StoreGateway, expected: boolean): Promise<void> =>
  await expect.poll(() => connection.isOpen).toBe(expected);

describe("revocations", () => {
  test("are told to all gateways in order, each once, and hold at once", async () => {
    const prefix = anyPrefix();
    await using one = await open(prefix);
    await using other = await open(prefix);
    const issued = [];
    for (let count = 0; count < 300; count += 1) issued.push(await one.store.issue(REQUEST));
    const ids = issued.map(({ record }) => record.tokenId);
    await Promise.all(ids.map(async (tokenId) => await one.store.revoke(tokenId)));
    await expect.poll(() => other.told.length).toBe(300);
    expect(other.told).toEqual(ids);
    for (const { token } of issued.slice(0, 10)) {
      expect([await one.store.resolve(token), await other.store.resolve(token)]).toEqual([undefined, undefined]);
    }
  });

  test("by others while a gateway was away are told when it is back, for its sessions and those that open", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    const [live, opening, stays, foreign] = [
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
      "an id of another system",
    ];
    const gone = await other.store.issue(REQUEST);
    gateway.live = [live, stays, gone].map(({ record }) => record.tokenId).concat(foreign);
    await gateway.store.resolve(opening.token);
    link.cut();
    await isOpen(gateway, false);
    await other.store.revoke(live.record.tokenId);
    await other.store.revoke(opening.record.tokenId);
    await redis.del(`{${prefix}}:token:${gone.record.tokenId}`);
    link.restore();
    await isOpen(gateway, true);
    const expected = [live, opening, gone].map(({ record }) => record.tokenId);
    expect(new Set(gateway.told)).toEqual(new Set(expected));
  });

  test("of thousands of sessions are all found", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    const issued = await inParallel(3000, async () => await other.store.issue(REQUEST));
    gateway.live = issued.map(({ record }) => record.tokenId);
    link.cut();
    await isOpen(gateway, false);
    const revoked = gateway.live.filter((_, index) => index % 3 === 0);
    await inParallel(revoked.length, async (index) => await other.store.revoke(revoked[index] ?? ""));
    link.restore();
    await isOpen(gateway, true);
    expect(new Set(gateway.told)).toEqual(new Set(revoked));
  });

  test("that cannot be written now are written with the next connection, before anything opens anywhere", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    const { token, record } = await other.store.issue(REQUEST);
    link.cut();
    await isOpen(gateway, false);
    await expect(gateway.store.revoke(record.tokenId)).rejects.toThrow(
      "the token store failed: there is no connection",
    );
    link.restore();
    await isOpen(gateway, true);
    expect(await gateway.store.resolve(token)).toBeUndefined();
    await expect.poll(() => other.told).toEqual([record.tokenId]);
    expect(await other.store.resolve(token)).toBeUndefined();
  });

  test("and locks that are asked for while the connection is being made are written once it is", async () => {
    const prefix = anyPrefix();
    await using other = await open(prefix);
    const { record } = await other.store.issue(REQUEST);
    await using gateway = StoreGateway.create({ url: redisUrl(server), prefix });
    const asked = Promise.withResolvers<void>();
    const { promise: live, resolve: goOn } = Promise.withResolvers<readonly string[]>();
    // The last step before the connection can be used.
    gateway.store.watchLive(async () => {
      asked.resolve();
      return await live;
    });
    gateway.connection.start();
    await asked.promise;
    const lock = lockOf("mallory");
    await expect(gateway.store.revoke(record.tokenId)).rejects.toThrow("no connection");
    await expect(gateway.store.putLock(lock)).rejects.toThrow("no connection");
    goOn([]);
    await expect.poll(() => other.told).toEqual([record.tokenId]);
    await expect.poll(() => other.store.locks()).toEqual([lock]);
  });

  test("are looked for anew where the log has lost some of them", async () => {
    const prefix = anyPrefix();
    await using one = await open(prefix);
    await using other = await open(prefix);
    const [first, second] = [await one.store.issue(REQUEST), await one.store.issue(REQUEST)];
    other.live = [first.record.tokenId];
    // One entry is written and taken away at once.
    const { tokenId } = first.record;
    const value = (await redis.get(`{${prefix}}:token:${tokenId}`)) ?? "";
    await redis
      .multi()
      .set(`{${prefix}}:token:${tokenId}`, `{"revoked_at":1,${value.slice(1)}`)
      .incr(`{${prefix}}:log:count`)
      .exec();
    await one.store.revoke(second.record.tokenId);
    await expect.poll(() => new Set(other.told)).toEqual(new Set([tokenId, second.record.tokenId]));
  });

  test("cannot be missed because the gateway cannot tell its sessions: it does not connect", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    let isHung = true;
    gateway.store.watchLive(async () => {
      if (isHung) throw new Error("a worker hangs");
      return [];
    });
    link.cut();
    await isOpen(gateway, false);
    link.restore();
    await expect
      .poll(() => gateway.lines.map(({ err }) => (err as Error | undefined)?.message))
      .toContain("a worker hangs");
    expect(gateway.connection.isOpen).toBe(false);
    isHung = false;
    await isOpen(gateway, true);
  });
});

describe("locks", () => {
  test("are the same at all gateways, and again when one was away, also those that were lifted meanwhile", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    const [a, b, c] = [lockOf("a"), { ...lockOf("b"), message: "Gone.", expiresAt: Date.now() + DAY }, lockOf("c")];
    await gateway.store.putLock(a);
    await gateway.store.putLock(b);
    await expect.poll(() => other.store.locks()).toEqual([a, b]);
    link.cut();
    await isOpen(gateway, false);
    await other.store.removeLock("a");
    await other.store.putLock(c);
    const before = gateway.lockChanges;
    link.restore();
    await isOpen(gateway, true);
    expect(gateway.store.locks()).toEqual([b, c]);
    expect(gateway.lockChanges).toBeGreaterThan(before);
    await using third = await open(prefix);
    expect(third.store.locks()).toEqual([b, c]);
    expect(other.store.locks()).toEqual([b, c]);
  });

  test("that cannot be written now are written with the next connection, where none is later", async () => {
    const prefix = anyPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    link.cut();
    await isOpen(gateway, false);
    await expect(gateway.store.putLock(lockOf("a"))).rejects.toThrow("the token store failed");
    await expect(gateway.store.removeLock("b")).rejects.toThrow("the token store failed");
    await expect(gateway.store.putLock(lockOf("b"))).rejects.toThrow("the token store failed");
    const later = { ...lockOf("b"), message: "later" };
    await other.store.putLock(later);
    link.restore();
    await isOpen(gateway, true);
    await expect.poll(() => other.store.locks().map(({ id }) => id)).toEqual(["a", "b"]);
    expect(gateway.store.locks()).toEqual(other.store.locks());
    expect(other.store.locks()).toContainEqual(later);
  });

  test("that cannot be read keep what was known of them, and are logged", async () => {
    const prefix = anyPrefix();
    await using one = await open(prefix);
    await using other = await open(prefix);
    const lock = lockOf("a");
    await one.store.putLock(lock);
    await expect.poll(() => other.store.locks()).toEqual([lock]);
    for (const [id, value] of Object.entries({
      a: `${Date.now() + 1000} {"subject": 7}`,
      b: "garbage",
      c: `${Date.now()} ${JSON.stringify({ subject: "address", value: "x", message: null, created_at: 1, expires_at: null })}`,
      d: `${Date.now()} ${"x".repeat(10_000)}`,
    }))
      await redis.hSet(`{${prefix}}:locks`, id, value);
    await using third = await open(prefix);
    expect(third.store.locks()).toEqual([]);
    const said = (gateway: StoreGateway): readonly string[] =>
      gateway.lines
        .filter(({ msg }) => msg === "a lock in the cluster's store cannot be read")
        .map(({ lock: id }) => String(id))
        .toSorted((a, b) => a.localeCompare(b));
    expect(said(third)).toEqual(["a", "b", "c", "d"]);
    await redis.incr(`{${prefix}}:log:count`);
    await one.store.putLock(lockOf("e"));
    await expect.poll(() => other.store.locks().map(({ id }) => id)).toEqual(["a", "e"]);
    // What fills the gap in the log comes after the entry that shows it.
    await expect.poll(() => said(other)).toEqual(["a", "b", "c", "d"]);
  });
});

test("what an empty store has lost is written again by those who know it, and opens nothing meanwhile", async () => {
  await using own = await startRedis();
  const url = redisUrl(own);
  await using one = await StoreGateway.open({ url, settleMs: 1000 });
  await using other = await StoreGateway.open({ url, settleMs: 1000 });
  const lock = lockOf("a");
  const { token, record } = await one.store.issue(REQUEST);
  other.live = [record.tokenId];
  await one.store.putLock(lock);
  expect(await one.store.useOnce("once", Date.now())).toBe(true);
  expect(await one.store.firstUse(sha256("first"), 1000)).toBe(1000);
  await own.kill();
  await isOpen(one, false);
  await isOpen(other, false);
  const { store, connection } = other;
  // At once, before the other one has had its time.
  const answers = new Promise<readonly PromiseSettledResult<unknown>[]>((resolve) =>
    connection.onChange(() => {
      if (!connection.isOpen) return;
      const asked = [store.resolve(token), store.wasUsed("once"), store.firstUse(sha256("first"), 5000)];
      resolve(Promise.allSettled<unknown>(asked));
    }),
  );
  await own.start();
  const busy = { status: "rejected", reason: { reason: "server_busy" } };
  expect(await answers).toMatchObject([busy, busy, busy]);
  await isOpen(one, true);
  await expect
    .poll(
      async () =>
        await other.store.health().then(
          () => true,
          () => false,
        ),
    )
    .toBe(true);
  expect(await other.store.useOnce("once", Date.now())).toBe(false);
  expect(await other.store.firstUse(sha256("first"), 5000)).toBe(1000);
  expect(await other.store.resolve(token)).toBeUndefined();
  expect(other.told).toEqual([record.tokenId]);
  expect([one.store.locks(), other.store.locks()]).toEqual([[lock], [lock]]);
  await using third = await StoreGateway.open({ url });
  expect(third.store.locks()).toEqual([lock]);
});

test("a gateway whose connection has become silent is not ready, and begins anew", async () => {
  const prefix = anyPrefix();
  await using away = await openAway(prefix);
  const { gateway, link } = away;
  await using other = await open(prefix);
  const { record } = await other.store.issue(REQUEST);
  gateway.live = [record.tokenId];
  const before = gateway.connection.lastContact;
  await expect.poll(() => gateway.connection.lastContact).toBeGreaterThan(before);
  link.hold();
  await other.store.revoke(record.tokenId);
  await isOpen(gateway, false);
  await isOpen(gateway, true);
  expect(gateway.told).toEqual([record.tokenId]);
});

test("a gateway connects to a store that is full, writes what that has lost, and revokes", async () => {
  await using own = await startRedis();
  using operator = await connectTo(own);
  const url = redisUrl(own);
  await using one = await StoreGateway.open({ url });
  const { token, record } = await one.store.issue(REQUEST);
  await one.store.useOnce("once", Date.now());
  await one.store.firstUse(sha256("first"), 1000);
  await operator.configSet("maxmemory", "1");
  await operator.del(["{curfew}:tokens:used", "{curfew}:tokens:first-uses"]);
  await expect(one.store.issue(REQUEST)).rejects.toThrow("OOM");
  const lost = new Promise<void>((resolve) => one.connection.onChange(() => resolve()));
  await operator.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
  await lost;
  await isOpen(one, true);
  expect(await operator.zCard("{curfew}:tokens:used")).toBe(1);
  expect(await operator.hLen("{curfew}:tokens:first-uses")).toBe(1);
  await one.store.revoke(record.tokenId);
  await using other = await StoreGateway.open({ url });
  expect(await other.store.resolve(token)).toBeUndefined();
});

test("what thousands of sessions and revocations need takes as many round trips as that of a few", async () => {
  const prefix = anyPrefix();
  await using gateway = await open(prefix);
  const ids = Array.from({ length: 4000 }, (_, number) => `ct_${String(number).padStart(22, "0")}`);
  gateway.live = ids;
  await inParallel(ids.length, async (index) => await gateway.store.revoke(ids[index] ?? ""));
  await inParallel(ids.length, async (index) => await gateway.store.firstUse(sha256(ids[index] ?? ""), 1000));
  let roundTrips = 0;
  let next: Promise<void> | undefined;
  const trip = async (): Promise<void> => {
    await delay(20);
    roundTrips += 1;
    next = undefined;
  };
  const farClient = new Proxy(redis, {
    get: (target, name: keyof StoreClient) => {
      const command = target[name] as (...args: readonly unknown[]) => unknown;
      return async (...args: readonly unknown[]) => {
        await (next ??= trip());
        return await command.apply(target, [...args]);
      };
    },
  });
  await gateway.store.parts[0]?.prepare?.(new ValkeySession(farClient, prefix));
  expect(roundTrips).toBeLessThan(10);
});
