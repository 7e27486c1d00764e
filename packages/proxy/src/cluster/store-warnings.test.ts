import { expect, test } from "vitest";
import type { StoreClient } from "../cluster-store/valkey/client.ts";
import { ValkeySession } from "../cluster-store/valkey/session.ts";
import { createLogger } from "../telemetry/log.ts";
import { StoreWarnings } from "./store-warnings.ts";

function create(clockDifference: () => number = () => 0): { warnings: StoreWarnings; logged: string[] } {
  const logged: string[] = [];
  const log = createLogger("info", { write: (line) => logged.push((JSON.parse(line) as { msg: string }).msg) });
  return { warnings: new StoreWarnings({ clockDifference, log }), logged };
}

function storeWith(info: string | Error): ValkeySession {
  const answer = async (): Promise<string> => (info instanceof Error ? await Promise.reject(info) : info);
  return new ValkeySession({ info: answer } as unknown as StoreClient, "test");
}

test.each([
  ["maxmemory:1048576\r\nmaxmemory_policy:allkeys-lru\r\n", 1],
  ["maxmemory:1048576\r\nmaxmemory_policy:noeviction\r\n", 0],
  ["maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", 0],
  [new Error("NOPERM"), 0],
])("a store that says %j is warned of %i times, however often the connection is made", async (info, times) => {
  const { warnings, logged } = create();
  await warnings.prepare(storeWith(info));
  await warnings.prepare(storeWith(info));
  expect(logged).toHaveLength(times);
});

test("a clock that differs by more than a second is logged when that begins and when it ends", async () => {
  let difference = 0;
  const { warnings, logged } = create(() => difference);
  for (difference of [0, 900, -1100, -1200, 0, 0]) await warnings.beat();
  expect(logged).toEqual([
    "the clock of this machine differs from that of the cluster's store",
    "the clock of this machine is that of the cluster's store again",
  ]);
});
