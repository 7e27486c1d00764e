import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { StoredLocks } from "../../../src/tokens/cluster/locks.ts";
import { StoredUses } from "../../../src/tokens/cluster/uses.ts";
import type { StoreSession } from "../../../src/cluster-store/session.ts";
import { sha256 } from "../../../src/sha256.ts";
import { createLogger } from "../../../src/telemetry/log.ts";
import type { Lock } from "../../../src/tokens/lock.ts";
import type { TokenRequest } from "../../../src/tokens/store.ts";
import { describeTokenStore } from "../../tokens/contract-suite.ts";
import { StoreGateway, StoreLink } from "../../tokens/valkey-cluster.ts";
import { SYSTEMS, TestDatabase } from "./test-database.ts";

const REQUEST: TokenRequest = {
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  ttlMs: 60_000,
  user: "alice",
};

const DAY = 24 * 60 * 60 * 1000;

/** The longest that a gateway may take to hear of a revocation, in milliseconds. */
const TOLD_MS = 250;

const lockOf = (id: string): Lock => ({ id, subject: "user", value: id, message: "'\"\\ 🔑", createdAt: Date.now() });

const isOpen = async ({ connection }: StoreGateway, expected: boolean): Promise<void> =>
  await expect.poll(() => connection.isOpen).toBe(expected);

describe.each(SYSTEMS)("%s", (system) => {
  let database: TestDatabase;
  let runs = 0;
  beforeAll(async () => {
    database = await TestDatabase.start(system);
  });
  afterAll(async () => await database[Symbol.asyncDispose]());

  const newPrefix = (): string => `test-${(runs += 1)}`;
  /** One for tests that leave nothing behind that others would see: making tables takes a while. */
  const shared = "Shared.";
  const open = async (prefix: string): Promise<StoreGateway> =>
    await StoreGateway.open({ url: database.url(), prefix });

  /** A gateway whose way to the store can be cut. */
  const openAway = async (prefix: string): Promise<{ gateway: StoreGateway; link: StoreLink } & AsyncDisposable> => {
    const link = await StoreLink.open(database.server.port);
    const gateway = await StoreGateway.open({ url: database.url({ port: link.port }), prefix });
    return {
      gateway,
      link,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]();
        await link[Symbol.asyncDispose]();
      },
    };
  };

  const use = async <T>({ connection }: StoreGateway, work: (store: StoreSession) => Promise<T>): Promise<T> =>
    await connection.run(work);

  describeTokenStore("a store in a database", async () => {
    for (const name of ["tokens", "first_uses"] as const) {
      await database.run(`DELETE FROM ${database.table(shared, name)}`).catch(() => {});
    }
    const first = await open(shared);
    const opened = [first];
    return {
      store: first.store,
      reopen: async () => {
        const again = await open(shared);
        opened.push(again);
        return again.store;
      },
      [Symbol.asyncDispose]: async () => {
        for (const gateway of opened) await gateway[Symbol.asyncDispose]();
      },
    };
  });

  test("revocations are told to all gateways in order, each once and in time, and hold at once", async () => {
    const prefix = newPrefix();
    await using one = await open(prefix);
    await using other = await open(prefix);
    const issued = [];
    for (let count = 0; count < 300; count += 1) issued.push(await one.store.issue(REQUEST));
    const ids = issued.map(({ record }) => record.tokenId);
    await Promise.all(ids.slice(0, 290).map(async (tokenId) => await one.store.revoke(tokenId)));
    await expect.poll(() => other.told.length).toBe(290);
    const times: number[] = [];
    for (const tokenId of ids.slice(290)) {
      const told = new Promise<void>((resolve) => other.store.onRevoked((id) => id === tokenId && resolve()));
      await one.store.revoke(tokenId);
      const revokedAt = performance.now();
      await told;
      times.push(performance.now() - revokedAt);
    }
    // Half of them even while the machine has other work.
    expect(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(TOLD_MS);
    expect(other.told).toEqual(ids);
    for (const { token } of issued.slice(0, 3)) {
      expect([await one.store.resolve(token), await other.store.resolve(token)]).toEqual([undefined, undefined]);
    }
    expect(await database.count(prefix, "log")).toBe(300);
  });

  test("what was revoked and locked while a gateway was away is told when it is back, and what it could not write is written", async () => {
    const prefix = newPrefix();
    await using away = await openAway(prefix);
    const { gateway, link } = away;
    await using other = await open(prefix);
    const [live, opening, unwritten, gone] = [
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
    ];
    gateway.live = [live, gone].map(({ record }) => record.tokenId).concat("an id of another system");
    await gateway.store.resolve(opening.token);
    link.cut();
    await isOpen(gateway, false);
    await expect(gateway.store.resolve(live.token)).rejects.toMatchObject({ reason: "server_busy" });
    await other.store.revoke(live.record.tokenId);
    await other.store.revoke(opening.record.tokenId);
    await other.store.putLock(lockOf("by-other"));
    await database.run(`DELETE FROM ${database.table(prefix, "tokens")} WHERE id = ?`, [gone.record.tokenId]);
    await expect(gateway.store.revoke(unwritten.record.tokenId)).rejects.toThrow("the token store failed");
    await expect(gateway.store.putLock(lockOf("unwritten"))).rejects.toThrow("the token store failed");
    link.restore();
    await isOpen(gateway, true);
    const expected = [live, opening, gone].map(({ record }) => record.tokenId);
    expect(gateway.told).toEqual(expect.arrayContaining(expected));
    await expect.poll(() => other.told).toContain(unwritten.record.tokenId);
    expect(await other.store.resolve(unwritten.token)).toBeUndefined();
    await expect.poll(() => other.store.locks().map(({ id }) => id)).toEqual(["by-other", "unwritten"]);
    expect(gateway.store.locks()).toEqual(other.store.locks());
    await gateway.store.removeLock("by-other");
    await expect.poll(() => other.store.locks().map(({ id }) => id)).toEqual(["unwritten"]);
  });

  test("a log that has lost entries, or everything, is noticed, and what it hid is looked for", async () => {
    const prefix = newPrefix();
    await using gateway = await open(prefix);
    await using other = await open(prefix);
    const [first, second, third] = [
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
      await other.store.issue(REQUEST),
    ];
    gateway.live = [first, third].map(({ record }) => record.tokenId);
    const revokeUntold = async (id: string): Promise<void> => {
      await database.run(`UPDATE ${database.table(prefix, "tokens")} SET revoked_at = 1 WHERE id = ?`, [id]);
    };
    await revokeUntold(first.record.tokenId);
    await database.run(`UPDATE ${database.table(prefix, "counters")} SET number = number + 1 WHERE name = 'log'`);
    await other.store.revoke(second.record.tokenId);
    await expect
      .poll(() => new Set(gateway.told))
      .toEqual(new Set([first, second].map(({ record }) => record.tokenId)));
    await revokeUntold(third.record.tokenId);
    await database.run(`UPDATE ${database.table(prefix, "counters")} SET number = 0 WHERE name = 'log'`);
    await database.run(`DELETE FROM ${database.table(prefix, "log")}`);
    await expect.poll(() => gateway.told).toContain(third.record.tokenId);
  });

  test("the list passes over what is malformed, and such a record opens nothing and can be revoked", async () => {
    const prefix = newPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    const issued = [];
    for (let count = 0; count < 5; count += 1) issued.push(await store.issue(REQUEST));
    const [broken, long, other] = issued;
    const table = database.table(prefix, "tokens");
    await database.run(`UPDATE ${table} SET record = ? WHERE id = ?`, ["{}", broken?.record.tokenId]);
    await database.run(`UPDATE ${table} SET record = ? WHERE id = ?`, [
      `{"created_at":${"1".repeat(9000)}`,
      long?.record.tokenId,
    ]);
    const first = await store.list({ limit: 2 });
    const second = await store.list({ limit: 2, after: first.next });
    const listed = new Set([...first.tokens, ...second.tokens].map(({ tokenId }) => tokenId));
    expect(listed).toEqual(new Set(issued.slice(2).map(({ record }) => record.tokenId)));
    for (const each of [broken, long]) {
      await expect(store.resolve(each?.token ?? "")).rejects.toThrow("a malformed record of the token");
    }
    expect(await store.revoke(broken?.record.tokenId ?? "")).toBeUndefined();
    expect(await database.count(prefix, "log")).toBe(1);
    // The record of another token opens nothing.
    await database.run(
      `UPDATE ${table} SET record = (SELECT record FROM (SELECT record FROM ${table} WHERE id = ?) AS o) WHERE id = ?`,
      [issued[3]?.record.tokenId, other?.record.tokenId],
    );
    expect(await store.resolve(other?.token ?? "")).toBeUndefined();
    // What no gateway has made cannot be written either.
    await expect(store.issue({ ...REQUEST, ttlMs: -DAY - 1000 })).rejects.toThrow(
      "the clock of the store is more than a day ahead",
    );
    expect(await store.revoke(`ct_${"\0".repeat(22)}`)).toBeUndefined();
    expect(gateway.connection.isOpen).toBe(true);
  });

  test("no row has a token, and what is old goes by itself, in bounded steps", async () => {
    const prefix = newPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    const { token, record } = await store.issue({ ...REQUEST, singleUse: true });
    await store.useOnce("a token of another system", record.expiresAt);
    await store.firstUse(sha256("another token"), 1000);
    for (const name of ["tokens", "uses", "first_uses"] as const) {
      const rows = JSON.stringify(await database.run(`SELECT * FROM ${database.table(prefix, name)}`));
      for (const secret of [token, "another"]) expect(rows).not.toContain(secret);
    }
    await database.run(`UPDATE ${database.table(prefix, "tokens")} SET kept_until = 1`);
    await database.run(`UPDATE ${database.table(prefix, "uses")} SET kept_until = 1`);
    await database.run(`UPDATE ${database.table(prefix, "first_uses")} SET last_at = 1`);
    await (await open(prefix))[Symbol.asyncDispose]();
    for (const name of ["tokens", "uses", "first_uses"] as const) expect(await database.count(prefix, name)).toBe(0);
    const [counted] = await database.run(
      `SELECT SUM(number) AS sum FROM ${database.table(prefix, "counters")} WHERE name IN ('uses', 'first_uses')`,
    );
    expect(Number(counted?.["sum"])).toBe(0);
  });

  test("uses are counted once by all gateways together, bounded, and written again where they were lost", async () => {
    const prefix = newPrefix();
    await using one = await open(prefix);
    await using away = await openAway(prefix);
    const { gateway: other, link } = away;
    const uses = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => await [one, other][index % 2]?.store.useOnce("a", Date.now())),
    );
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect([await one.store.wasUsed("a"), await other.store.wasUsed("a"), await one.store.wasUsed("b")]).toEqual([
      true,
      true,
      false,
    ]);
    await other.store.firstUse(sha256("first"), 1000);
    for (const name of ["uses", "first_uses"] as const)
      await database.run(`DELETE FROM ${database.table(prefix, name)}`);
    link.cut();
    await isOpen(other, false);
    link.restore();
    await isOpen(other, true);
    expect([await one.store.useOnce("a", Date.now()), await one.store.firstUse(sha256("first"), 5000)]).toEqual([
      false,
      1000,
    ]);
    const few = new StoredUses({ used: 2, firstUses: 3 });
    await database.run(
      `UPDATE ${database.table(prefix, "counters")} SET number = 1 WHERE name IN ('uses', 'first_uses')`,
    );
    await use(one, async (store) => {
      await few.useOnce(store, "b", 0);
      await expect(few.useOnce(store, "c", 0)).rejects.toThrow("2 single-use tokens were used and have not expired");
      expect([await few.useOnce(store, "a", 0), await few.wasUsed(store, "c")]).toEqual([false, false]);
      await database.run(`UPDATE ${database.table(prefix, "uses")} SET kept_until = 1 WHERE kept_until > 0`);
      expect(await few.useOnce(store, "c", 0)).toBe(true);
      for (let count = 1; count <= 5; count += 1) {
        expect(await few.firstUse(store, sha256(String(count)), count)).toBe(count);
      }
    });
    expect([await database.count(prefix, "uses"), await database.count(prefix, "first_uses")]).toEqual([1, 3]);
    await database.run(`UPDATE ${database.table(prefix, "first_uses")} SET last_at = last_at - ${31 * DAY}`);
    expect(await one.store.firstUse(sha256("5"), 9000)).toBe(9000);
  });

  test("a bounded number of messages waits for a gateway that is there, for a while, and the log keeps the last entries", async () => {
    const prefix = newPrefix();
    await using gateway = await open(prefix);
    const { store } = gateway;
    const [gateways, messages] = [database.table(prefix, "gateways"), database.table(prefix, "messages")];
    const send = async (to: string): Promise<boolean> =>
      await use(gateway, async (session) => await session.messages.send(to, "text"));
    expect(await send("x")).toBe(false);
    await database.run(`INSERT INTO ${gateways} (id, fence, seen, lease_until) VALUES ('x', 'f', '[]', 9000000000000)`);
    expect(await send("x")).toBe(true);
    const old = Array.from({ length: 999 }, () => "('x', 'old', 1)");
    await database.run(`INSERT INTO ${messages} (gateway, body, sent_at) VALUES ${old.join(", ")}`);
    await expect(send("x")).rejects.toThrow("1000 messages wait for it already");
    // Each removes some.
    for (let opened = 0; opened < 4; opened += 1) await (await open(prefix))[Symbol.asyncDispose]();
    expect(await database.count(prefix, "messages")).toBe(1);
    const received: string[] = [];
    await use(gateway, async (session) => await session.messages.receive("x", (message) => received.push(message)));
    expect(await database.count(prefix, "messages")).toBe(0);
    for (let count = 0; count < 25; count += 1) await send("x");
    await expect.poll(() => received.length).toBe(25);
    expect(await database.count(prefix, "messages")).toBe(0);
    const { record } = await store.issue(REQUEST);
    await database.run(
      `INSERT INTO ${database.table(prefix, "log")} (number, kind, id) VALUES (1, 'a', 'b'), (2, 'a', 'b')`,
    );
    await database.run(`UPDATE ${database.table(prefix, "counters")} SET number = 100001 WHERE name = 'log'`);
    await store.revoke(record.tokenId);
    expect(await database.run(`SELECT number FROM ${database.table(prefix, "log")} ORDER BY number`)).toHaveLength(1);
  });

  test("a bounded number of locks is kept, with those that were lifted, for a day", async () => {
    const prefix = newPrefix();
    await using gateway = await open(prefix);
    await use(gateway, async (store) => {
      const locks = new StoredLocks(createLogger("silent"), 2);
      const [a, b] = [lockOf("a"), lockOf("b")];
      await locks.write(store, "a", a);
      await locks.write(store, "b", b);
      await expect(locks.write(store, "c", lockOf("c"))).rejects.toThrow("there are 2 locks, and there may be no more");
      await locks.write(store, "a", undefined);
      expect(locks.all).toEqual([b]);
      await database.run(`INSERT INTO ${database.table(prefix, "locks")} (id, version, json) VALUES ('old', ?, '')`, [
        Date.now() - DAY - 1000,
      ]);
      await new StoredLocks(createLogger("silent")).reconcile(store);
    });
    expect(await database.run(`SELECT id FROM ${database.table(prefix, "locks")}`)).toEqual([{ id: "b" }]);
  });
});
