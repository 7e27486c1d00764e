import { type RedisServer, startRedis, startRedisSentinel } from "@curfew/testing/real";
import { randomUUID } from "node:crypto";
import { describe, test, vi } from "vitest";
import type { TokenRequest } from "../../src/tokens/store.ts";
import { findMasters } from "../../src/cluster-store/valkey/sentinel.ts";
import type { ValkeySession } from "../../src/cluster-store/valkey/session.ts";
import { parseStoreUrl } from "../../src/cluster-store/valkey/store-url.ts";
import { inParallel } from "../support/in-parallel.ts";
import { connectTo, StoreGateway } from "./valkey-cluster.ts";

const REQUEST: TokenRequest = {
  type: "vnc",
  endpoint: { type: "tcp", host: "10.0.0.5", port: 5901 },
  ttlMs: 600_000,
};

/** A master with two replicas and a Sentinel. */
class Replicated implements AsyncDisposable {
  readonly master: RedisServer;
  readonly replicas: readonly RedisServer[];
  readonly url: string;
  readonly #sentinel: RedisServer;

  private constructor(master: RedisServer, replicas: readonly RedisServer[], sentinel: RedisServer) {
    this.master = master;
    this.replicas = replicas;
    this.#sentinel = sentinel;
    const password = encodeURIComponent(master.password);
    const { host, port } = sentinel;
    this.url = `redis+sentinel://:${password}@${host}:${port}/consoles?sentinel_password=${password}`;
  }

  static async start(): Promise<Replicated> {
    const master = await startRedis();
    const replicas = await Promise.all([startRedis({ replicaOf: master }), startRedis({ replicaOf: master })]);
    const sentinel = await startRedisSentinel({ master, name: "consoles" });
    const started = new Replicated(master, replicas, sentinel);
    using client = await connectTo(sentinel);
    const knowsBoth = async (): Promise<boolean> => {
      const known = JSON.stringify(await client.sendCommand(["SENTINEL", "REPLICAS", "consoles"]));
      return known.match(/"master-link-status":"ok"/g)?.length === 2;
    };
    await vi.waitUntil(knowsBoth);
    return started;
  }

  /** The master as the Sentinel knows it. */
  async current(): Promise<RedisServer | undefined> {
    const { latest } = await findMasters(parseStoreUrl(this.url), { ca: undefined, timeoutMs: 5000 });
    return [this.master, ...this.replicas].find(({ port }) => port === latest.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#sentinel, ...this.replicas, this.master]) await server.stop();
  }
}

/** Whether something is done, and not refused by a store that is away or late. */
async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return await work.then(
    () => true,
    () => false,
  );
}

describe.concurrent("where a Sentinel replaces the master", () => {
  test.for<{ how: string; fail: (master: RedisServer) => unknown }>([
    { how: "is killed", fail: async (master) => await master.kill() },
    { how: "hangs", fail: (master) => master.freeze() },
  ])("that $how, none of a thousand revocations is missed", async ({ fail }, { expect }) => {
    await using servers = await Replicated.start();
    await using one = await StoreGateway.open({ url: servers.url });
    await using other = await StoreGateway.open({ url: servers.url });
    // On a busy machine, all at once would take longer than a store may.
    const issued = await inParallel(1000, async () => await one.store.issue(REQUEST));
    const ids = issued.map(({ record }) => record.tokenId);
    other.live = ids;
    const revoke = async (index: number): Promise<void> => {
      if (index === 500) await fail(servers.master);
      const id = ids[index] ?? "";
      if (!(await succeeds(one.store.revoke(id)))) await expect.poll(() => succeeds(one.store.revoke(id))).toBe(true);
    };
    await inParallel(1000, revoke, 10);
    expect((await servers.current())?.port).not.toBe(servers.master.port);
    await expect.poll(() => new Set(other.told).size).toBe(1000);
    await using third = await StoreGateway.open({ url: servers.url });
    for (const gateway of [one, other, third]) {
      const grants = await Promise.all(issued.map(async ({ token }) => await gateway.store.resolve(token)));
      expect(grants.filter((grant) => grant !== undefined)).toEqual([]);
    }
  });

  test("what its replicas have not got is written again by the gateway that wrote it", async ({ expect }) => {
    await using servers = await Replicated.start();
    await using one = await StoreGateway.open({ url: servers.url });
    const { token, record } = await one.store.issue(REQUEST);
    let once = "";
    const lock = { id: "a", subject: "user", value: "alice", message: undefined, createdAt: 1 } as const;
    {
      using admin = await connectTo(servers.master);
      const caught = await admin.sendCommand(["WAIT", "2", "5000"]);
      expect(caught).toBe(2);
      for (const replica of servers.replicas) replica.freeze();
      // What is on the way would be read later.
      await admin.sendCommand(["CLIENT", "KILL", "TYPE", "replica"]);
      // On a busy machine, the store may not answer in time.
      await expect.poll(() => succeeds(one.store.revoke(record.tokenId))).toBe(true);
      await expect.poll(() => succeeds(one.store.putLock(lock))).toBe(true);
      await expect
        .poll(async () => await one.store.useOnce((once = randomUUID()), Date.now()).catch(() => false))
        .toBe(true);
      await admin.set("{curfew}:lost", "yes");
      await servers.master.kill();
      for (const replica of servers.replicas) replica.thaw();
    }
    await expect.poll(async () => (await servers.current())?.port).not.toBe(servers.master.port);
    await using other = StoreGateway.create({ url: servers.url });
    other.live = [record.tokenId];
    other.connection.start();
    for (const { connection } of [one, other]) {
      await expect.poll(() => connection.isOpen).toBe(true);
    }
    expect(
      await other.connection.run(async (store) => await (store as ValkeySession).client.get("{curfew}:lost")),
    ).toBeNull();
    await expect.poll(() => other.told).toContain(record.tokenId);
    expect([await one.store.resolve(token), await other.store.resolve(token)]).toEqual([undefined, undefined]);
    await expect.poll(() => other.store.locks()).toEqual([lock]);
    expect(await other.store.useOnce(once, Date.now())).toBe(false);
  });
});
