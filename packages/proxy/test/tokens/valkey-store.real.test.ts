import { type RedisServer, startRedis } from "@curfew/testing/real";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StoreLost } from "../../src/cluster-store/connection.ts";
import { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
import { tokenKeys } from "../../src/cluster-store/valkey/token-keys.ts";
import { sha256 } from "../../src/sha256.ts";
import type { Lock } from "../../src/tokens/lock.ts";
import type { TokenRequest } from "../../src/tokens/store.ts";
import { StoredLocks } from "../../src/tokens/cluster/locks.ts";
import { StoredUses } from "../../src/tokens/cluster/uses.ts";
import { describeTokenStore } from "./contract-suite.ts";
import { anyPrefix, connectTo, redisUrl, StoreGateway } from "./valkey-cluster.ts";

const REQUEST: TokenRequest = {
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  ttlMs: 60_000,
  user: "alice",
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

describeTokenStore("a store in Valkey", async () => {
  const prefix = anyPrefix();
  const opened = [await open(prefix)];
  const [first] = opened;
  if (first === undefined) throw new Error("not opened");
  return {
    store: first.store,
    reopen: async () => {
      const again = await open(prefix);
      opened.push(again);
      return again.store;
    },
    [Symbol.asyncDispose]: async () => {
      for (const gateway of opened) await gateway[Symbol.asyncDispose]();
    },
  };
});

test("without a connection, lookups are refused as `server_busy`, and what the API asks fails", async () => {
  const { store } = StoreGateway.create({ url: redisUrl(server) });
  const refused = {
    reason: "server_busy",
    message: "the gateway cannot ask its cluster's store now",
    cause: expect.any(StoreLost) as unknown,
  };
  await expect(store.resolve("token")).rejects.toMatchObject(refused);
  await expect(store.firstUse(Buffer.alloc(32), 0)).rejects.toMatchObject(refused);
  await expect(store.useOnce("id", 0)).rejects.toMatchObject(refused);
  await expect(store.wasUsed("id")).rejects.toMatchObject(refused);
  await expect(store.list()).rejects.toThrow("the token store failed: there is no connection to the cluster's store");
});

test("no key and no value has a token, and everything but locks and the log goes by itself", async () => {
  const prefix = anyPrefix();
  await using gateway = await open(prefix);
  const { store } = gateway;
  const { token, record } = await store.issue({ ...REQUEST, singleUse: true, maxSessions: 2, name: 'A "name"' });
  await store.useOnce("a token of another system", record.expiresAt);
  await store.firstUse(sha256("another token"), 1000);
  const key = `{${prefix}}:token:${record.tokenId}`;
  expect(await redis.pExpireTime(key)).toBe(record.expiresAt + DAY);
  await store.revoke(record.tokenId);
  expect(await redis.pExpireTime(key)).toBe(record.expiresAt + DAY);
  const keys = await redis.keys(`*${prefix}*`);
  const dumps = await Promise.all(keys.map(async (each) => `${each} ${(await redis.dump(each)) ?? ""}`));
  expect(keys).toHaveLength(6);
  for (const dump of dumps) for (const secret of [token, "another"]) expect(dump).not.toContain(secret);
});

describe("the list", () => {
  test("has more than a thousand tokens of one instant, each once, the last first", async () => {
    await using gateway = await open(anyPrefix());
    const issuing = Array.from({ length: 1100 }, async () => await gateway.store.issue(REQUEST));
    const issued = new Set((await Promise.all(issuing)).map(({ record }) => record.tokenId));
    const first = await gateway.store.list();
    const second = await gateway.store.list({ after: first.next });
    const all = [...first.tokens, ...second.tokens];
    expect([first.tokens.length, second.tokens.length, second.next]).toEqual([1000, 100, undefined]);
    expect(new Set(all.map(({ tokenId }) => tokenId))).toEqual(issued);
    expect(all.map(({ createdAt }) => createdAt)).toEqual(
      all.map(({ createdAt }) => createdAt).toSorted((a, b) => b - a),
    );
  });

  test("forgets tokens that have expired, also without anything that is listed, and never many at once", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    await Promise.all(Array.from({ length: 250 }, async () => await store.issue({ ...REQUEST, ttlMs: 1 })));
    const listed = async (): Promise<number> => await redis.zCard(`{${prefix}}:tokens`);
    await redis.zAdd(`{${prefix}}:tokens:expiries`, [{ score: 0, value: "0000000000000001:gone" }]);
    await expect.poll(async () => (await store.list()).tokens.length).toBe(0);
    await expect.poll(async () => await store.list().then(listed)).toBe(0);
    const { record } = await store.issue(REQUEST);
    expect((await store.list()).tokens).toEqual([record]);
  });

  test("leaves out a record that is gone, or malformed, and goes on behind it", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const issued = [];
    for (let count = 0; count < 5; count += 1) issued.push((await gateway.store.issue(REQUEST)).record);
    await redis.del(`{${prefix}}:token:${issued[1]?.tokenId}`);
    await redis.set(`{${prefix}}:token:${issued[3]?.tokenId}`, "{}");
    const first = await gateway.store.list({ limit: 2 });
    const second = await gateway.store.list({ limit: 2, after: first.next });
    const expected = new Set([issued[0], issued[2], issued[4]].map((record) => record?.tokenId));
    expect(new Set([...first.tokens, ...second.tokens].map(({ tokenId }) => tokenId))).toEqual(expected);
    expect(gateway.messages).toContain("a token cannot be listed");
  });
});

describe("a malformed record", () => {
  const good = {
    created_at: 1,
    expires_at: 2 ** 42,
    hash: "",
    type: "vnc",
    endpoint: "10.0.0.5:5901",
    instance: null,
    name: null,
    user: null,
    access: "view",
    single_use: false,
    max_sessions: null,
  };
  const spoil = (part: object): string => JSON.stringify({ ...good, ...part });

  test.each([
    ["not JSON", "secret"],
    ["a number", "7"],
    ["null", "null"],
    ["an array", "[]"],
    ["an empty object", "{}"],
    ["an unknown type", spoil({ type: "telnet" })],
    ["no endpoint", spoil({ endpoint: "" })],
    ["a socket without a path", spoil({ endpoint: "unix:" })],
    ["an expiry that is no number", spoil({ expires_at: "soon" })],
    ["an expiry that is no date", spoil({ expires_at: 1e300 })],
    ["an unknown access", spoil({ access: "all" })],
    ["half a character in a user", spoil({ user: "\ud800" })],
    ["no sessions", spoil({ max_sessions: 0 })],
    ["too long", spoil({ name: "x".repeat(100_000) })],
  ])("(%s) is refused, not quoted, and can be revoked", async (_what, value) => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    await using other = await open(prefix);
    const { token, record } = await gateway.store.issue(REQUEST);
    await redis.set(`{${prefix}}:token:${record.tokenId}`, value);
    const error = await gateway.store.resolve(token).catch(String);
    expect(error).toContain(`the cluster's store has a malformed record of the token ${record.tokenId}`);
    expect(error).not.toContain("secret");
    await expect(gateway.store.get(record.tokenId)).rejects.toThrow("the token store failed: the cluster's store has");
    await expect(gateway.store.find(token)).rejects.toThrow("the token store failed: the cluster's store has");
    await gateway.store.revoke(record.tokenId).catch(() => undefined);
    await expect.poll(() => other.told).toEqual([record.tokenId]);
  });

  test("of another type than text is refused as well", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const { token, record } = await gateway.store.issue(REQUEST);
    const key = `{${prefix}}:token:${record.tokenId}`;
    await redis.del(key);
    await redis.hSet(key, { user: "alice" });
    await expect(gateway.store.resolve(token)).rejects.toThrow("a malformed record of the token");
    expect(await gateway.store.revoke(record.tokenId)).toBeUndefined();
    expect(gateway.messages).toContain("the cluster's store has a malformed record of a revoked token");
    expect((await gateway.store.list()).tokens).toEqual([]);
  });

  test("that is right, but of another token, opens nothing", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const [one, other] = [await gateway.store.issue(REQUEST), await gateway.store.issue(REQUEST)];
    await redis.copy(`{${prefix}}:token:${one.record.tokenId}`, `{${prefix}}:token:${other.record.tokenId}`, {
      REPLACE: true,
    });
    expect(await gateway.store.resolve(other.token)).toBeUndefined();
    expect(await gateway.store.find(other.token)).toBeUndefined();
  });
});

test.each(["tokens", "tokens:expiries", "log", "log:count", "locks", "tokens:used", "tokens:first-uses"])(
  "a value of another type in `%s` makes fail what needs it, and opens nothing",
  async (name) => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    const { record } = await store.issue(REQUEST);
    await store.revoke(record.tokenId);
    const key = `{${prefix}}:${name}`;
    await redis.del(key);
    await (name === "log:count" ? redis.hSet(key, "a", "b") : redis.set(key, "of another system"));
    const attempts = await Promise.allSettled([
      store.issue(REQUEST),
      store.list(),
      store.useOnce("a", Date.now()),
      store.firstUse(sha256("a"), 1000),
      store.putLock({ id: "a", subject: "user", value: "a", message: undefined, createdAt: 1 }),
    ]);
    const failed = attempts.flatMap((attempt) => (attempt.status === "rejected" ? [String(attempt.reason)] : []));
    expect(failed.length).toBeGreaterThan(0);
    for (const error of failed)
      expect(error).toMatch(/^(StoreError|EndError): the (token store failed|gateway cannot)/);
  },
);

describe("a store that is full", () => {
  test("issues nothing and opens nothing that must be written, but revokes and locks", async () => {
    await using own = await startRedis();
    await using gateway = await StoreGateway.open({ url: redisUrl(own) });
    await using other = await StoreGateway.open({ url: redisUrl(own) });
    using admin = await connectTo(own);
    const { store } = gateway;
    const { token, record } = await store.issue(REQUEST);
    await admin.configSet("maxmemory", "1");
    await expect(store.issue(REQUEST)).rejects.toThrow("the token store failed: OOM");
    await expect(store.useOnce("a", Date.now())).rejects.toMatchObject({ reason: "server_busy" });
    await expect(store.firstUse(sha256("a"), 1000)).rejects.toMatchObject({ reason: "server_busy" });
    expect(await store.resolve(token)).toEqual(record);
    await store.revoke(record.tokenId);
    await store.putLock({ id: "a", subject: "user", value: "alice", message: undefined, createdAt: 1 });
    await expect.poll(() => [other.told, other.store.locks().length]).toEqual([[record.tokenId], 1]);
    expect(await other.store.resolve(token)).toBeUndefined();
  });
});

test("a token is not issued where its record would be gone at once", async () => {
  await using gateway = await open(anyPrefix());
  await expect(gateway.store.issue({ ...REQUEST, ttlMs: -DAY - 1000 })).rejects.toThrow(
    "the clock of the store is more than a day ahead of that of the gateway",
  );
  await expect(gateway.store.issue({ ...REQUEST, name: "x".repeat(10_000) })).rejects.toThrow(
    "the token store failed: expected a record of at most 8192 bytes",
  );
});

describe("uses", () => {
  test("of a single-use token are counted once by all gateways together", async () => {
    const prefix = anyPrefix();
    await using one = await open(prefix);
    await using other = await open(prefix);
    const uses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await [one, other][index % 2]?.store.useOnce("a", Date.now())),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect([await one.store.wasUsed("a"), await other.store.wasUsed("a"), await one.store.wasUsed("b")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("are kept until long after the token's expiry, or after the use where that is later", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const now = Date.now();
    await gateway.store.useOnce("a", now + DAY);
    await gateway.store.useOnce("b", 0);
    const kept = (await redis.zRangeWithScores(`{${prefix}}:tokens:used`, 0, -1)).map(({ score }) => score - now);
    expect(kept[0]).toBeGreaterThanOrEqual(31 * DAY);
    expect(kept[0]).toBeLessThan(31 * DAY + 60_000);
    expect(kept[1]).toBe(32 * DAY);
  });

  test("that are the first are forgotten a month after the last", async () => {
    const prefix = anyPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    const last = `{${prefix}}:tokens:last-uses`;
    const age = async (days: number): Promise<void> => {
      const members = await redis.zRange(last, 0, -1);
      await redis.zAdd(
        last,
        members.map((value) => ({ value, score: Date.now() - days * DAY })),
      );
    };
    expect(await store.firstUse(sha256("a"), 1000)).toBe(1000);
    await age(29.9);
    expect(await store.firstUse(sha256("a"), 2000)).toBe(1000);
    await age(29.9);
    expect(await store.firstUse(sha256("a"), 3000)).toBe(1000);
    await age(30.1);
    expect(await store.firstUse(sha256("a"), 4000)).toBe(4000);
    await age(30.1);
    expect(await store.firstUse(sha256("b"), 5000)).toBe(5000);
    expect([await redis.hLen(`{${prefix}}:tokens:first-uses`), await redis.zCard(last)]).toEqual([1, 1]);
  });
});

describe("the store keeps", () => {
  test("a bounded number of first uses, of which those go that were used the longest ago", async () => {
    const prefix = anyPrefix();
    const keys = tokenKeys(prefix);
    const session = new ValkeySession(redis, prefix);
    const uses = new StoredUses({ used: 1, firstUses: 3 });
    for (let count = 1; count <= 5; count += 1) {
      expect(await uses.firstUse(session, sha256(String(count)), count)).toBe(count);
    }
    expect([await redis.hLen(keys.firstUses), await redis.zCard(keys.lastUses)]).toEqual([3, 3]);
  });

  test("a bounded number of uses of single-use tokens: with more they are refused, and not forgotten", async () => {
    const prefix = anyPrefix();
    const keys = tokenKeys(prefix);
    const session = new ValkeySession(redis, prefix);
    const uses = new StoredUses({ used: 2, firstUses: 1 });
    await uses.useOnce(session, "a", 0);
    await uses.useOnce(session, "b", 0);
    await expect(uses.useOnce(session, "c", 0)).rejects.toThrow("2 single-use tokens were used and have not expired");
    expect([await uses.useOnce(session, "a", 0), await uses.wasUsed(session, "c")]).toEqual([false, false]);
    const [first = ""] = await redis.zRange(keys.used, 0, 0);
    await redis.zAdd(keys.used, [{ score: Date.now() - 1, value: first }]);
    expect(await uses.useOnce(session, "c", 0)).toBe(true);
    expect(await redis.zCard(keys.used)).toBe(2);
  });

  test("a bounded number of locks, with those that were lifted; one more is refused, and not remembered when it is lifted", async () => {
    const prefix = anyPrefix();
    const keys = tokenKeys(prefix);
    const session = new ValkeySession(redis, prefix);
    const locks = new StoredLocks(pino({ level: "silent" }), 2);
    const lock = (id: string): Lock => ({ id, subject: "user", value: id, message: undefined, createdAt: 1 });
    await locks.write(session, "a", lock("a"));
    await locks.write(session, "b", lock("b"));
    await expect(locks.write(session, "c", lock("c"))).rejects.toThrow("there are 2 locks, and there may be no more");
    await locks.write(session, "a", undefined);
    expect([await redis.hKeys(keys.locks), locks.all]).toEqual([["b"], [lock("b")]]);
    const others = new StoredLocks(pino({ level: "silent" }));
    await others.reconcile(session);
    await redis.hDel(keys.locks, "b");
    await others.read(session, ["b"]);
    expect(others.all).toEqual([]);
  });

  test("lifted locks for a day", async () => {
    const prefix = anyPrefix();
    const keys = tokenKeys(prefix);
    const session = new ValkeySession(redis, prefix);
    await redis.hSet(keys.locks, { old: `${Date.now() - DAY - 1000} `, late: `${Date.now() - DAY + 60_000} ` });
    await new StoredLocks(pino({ level: "silent" })).reconcile(session);
    expect(await redis.hKeys(keys.locks)).toEqual(["late"]);
  });
});
