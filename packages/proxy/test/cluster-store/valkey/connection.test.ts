import { pino } from "pino";
import { expect, test } from "vitest";
import { StoreConnection } from "../../../src/cluster-store/connection.ts";
import { createEngine } from "../../../src/cluster-store/open-engine.ts";
import { FakeRedis, hello } from "../../support/fake-redis.ts";

function connect({ port }: FakeRedis): StoreConnection & AsyncDisposable {
  const engine = createEngine(`redis://127.0.0.1:${port}`, { prefix: "curfew", ca: undefined });
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
  await connection.opened;
  role = "replica";
  await expect.poll(() => connection.isOpen).toBe(false);
  await expect(connection.health()).rejects.toThrow("there is no connection to the cluster's store");
  role = "master";
  await expect.poll(() => connection.isOpen).toBe(true);
});
