import { EventEmitter, once } from "node:events";
import { pino } from "pino";
import { expect, test } from "vitest";
import { StoreConnection } from "../../../src/cluster-store/connection.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import { bulk, FakeRedis, hello } from "../../support/fake-redis.ts";
import { flood } from "../../support/flood.ts";
import { isConnected } from "../../tokens/valkey-cluster.ts";

function connect({ port }: FakeRedis): StoreConnection & AsyncDisposable {
  return connectTo(`redis://127.0.0.1:${port}`);
}

function connectTo(url: string): StoreConnection & AsyncDisposable {
  const engine = createEngine(url, { prefix: "curfew", ca: undefined });
  const log = pino({ level: "silent" });
  const connection = new StoreConnection({ engine, log, settleMs: 0 }, []);
  connection.start();
  return Object.assign(connection, { [Symbol.asyncDispose]: async () => await connection.close() });
}

test.each([
  [{ version: "6.2.14" }, "expected Redis 7.0 or later, or Valkey, but got version 6.2.14"],
  [{ version: "unknown" }, "expected Redis 7.0 or later, or Valkey, but got version unknown"],
  [{ mode: "cluster" }, "expected a master that is not part of a Redis Cluster, but got a master (cluster)"],
  [{ role: "replica" }, "expected a master that is not part of a Redis Cluster, but got a replica (standalone)"],
  [{ mode: "sentinel", role: "sentinel" }, "but got a sentinel (sentinel)"],
])("a server that says %j of itself is not used", async (fields, reason) => {
  await using server = await FakeRedis.start(([name]) => (name === "HELLO" ? hello(fields) : undefined));
  await using connection = connect(server);
  await expect(connection.opened).rejects.toThrow(reason);
  expect(connection.isOpen).toBe(false);
});

test("one that says in a beat that it has become a replica is left, and used again as a master", async () => {
  let role = "master";
  await using server = await FakeRedis.start(([name]) => (name === "HELLO" ? hello({ role }) : undefined));
  await using connection = connect(server);
  await isConnected(connection);
  role = "replica";
  await expect.poll(() => connection.isOpen).toBe(false);
  await expect(connection.health()).rejects.toThrow("there is no connection to the cluster's store");
  role = "master";
  await expect.poll(() => connection.isOpen).toBe(true);
});

test.concurrent.for(["+", "$20000000\r\n", "*2\r\n*60000\r\n:1\r\n*60000\r\n"])(
  "one that answers a beat with %j and more without end is left, before that takes memory",
  async (begin, { expect }) => {
    const flooding: Promise<number>[] = [];
    let isHostile = false;
    await using server = await FakeRedis.start(([name], socket) => {
      if (!isHostile || name !== "HELLO") return undefined;
      flooding.push(flood(socket, begin));
      return "";
    });
    await using connection = connect(server);
    const reason = async (): Promise<string> =>
      await connection.health().then(
        () => "",
        (error: unknown) => String((error as Error).cause),
      );
    // A busy machine may need several attempts.
    await expect.poll(() => connection.isOpen).toBe(true);
    isHostile = true;
    await expect.poll(reason).toContain("the server's reply has more than");
    isHostile = false;
    await expect.poll(() => connection.isOpen).toBe(true);
    for (const accepted of await Promise.all(flooding)) expect(accepted).toBeLessThan(64 * 1024 * 1024);
  },
);

/** What a Sentinel names, and the number of the failover that it knows of. */
interface Named {
  host: string;
  port: number;
  epoch: number;
}

/** Sentinels that name servers. */
class FakeSentinels implements AsyncDisposable {
  readonly #events = new EventEmitter();
  readonly #servers: FakeRedis[] = [];

  static async start(names: readonly Named[]): Promise<FakeSentinels> {
    const sentinels = new FakeSentinels();
    for (const named of names) {
      const server = await FakeRedis.start(([name, question]) => {
        if (name !== "SENTINEL") return undefined;
        if (question === "MASTER") return `%1\r\n${bulk("config-epoch")}${bulk(String(named.epoch))}`;
        sentinels.#events.emit("asked");
        return `*2\r\n${bulk(named.host)}${bulk(String(named.port))}`;
      });
      sentinels.#servers.push(server);
    }
    return sentinels;
  }

  get url(): string {
    return `redis+sentinel://${this.#servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}/consoles`;
  }

  /** Waits for the next questions of a gateway to all of them, and for what it makes of the answers before. */
  async asked(): Promise<void> {
    for (let questions = 0; questions <= this.#servers.length; questions += 1) await once(this.#events, "asked");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) await server[Symbol.asyncDispose]();
  }
}

test.concurrent.for<[string, (replica: number) => Named]>([
  ["a replica", (port) => ({ host: "127.0.0.1", port, epoch: 99 })],
  ["a server that is not there", () => ({ host: "127.0.0.1", port: 1, epoch: 99 })],
  ["no server", () => ({ host: "\0", port: 99_999, epoch: 99 })],
])("one of three Sentinels that names %s ends no connection to what the others name", async ([, lie], { expect }) => {
  let replicaRole = "replica";
  await using master = await FakeRedis.start(() => undefined);
  await using replica = await FakeRedis.start(([name]) =>
    name === "HELLO" ? hello({ role: replicaRole }) : undefined,
  );
  const honest = { host: "127.0.0.1", port: master.port, epoch: 2 };
  const others = [{ ...honest }, { ...honest }];
  await using sentinels = await FakeSentinels.start([lie(replica.port), ...others]);
  await using connection = connectTo(sentinels.url);
  const isOpen = async (): Promise<void> => await expect.poll(() => connection.isOpen).toBe(true);
  // A busy machine may need several attempts to hear all of them.
  await isOpen();
  await sentinels.asked();
  await isOpen();
  const isLost = new Promise<void>((resolve) => {
    connection.onChange(() => {
      if (!connection.isOpen) resolve();
    });
  });
  // The others learn of a failover to the server that only one of them named at first.
  replicaRole = "master";
  for (const other of others) Object.assign(other, { port: replica.port, epoch: 99 });
  await isLost;
  await isOpen();
});
