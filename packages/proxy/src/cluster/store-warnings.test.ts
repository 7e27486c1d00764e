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

function storeWith(info: string | Error, verdict: string | Error): ValkeySession {
  const answer = async (said: string | Error): Promise<string> =>
    said instanceof Error ? await Promise.reject(said) : said;
  const client = { info: async () => await answer(info), aclDryRun: async () => await answer(verdict) };
  return new ValkeySession(client as unknown as StoreClient, "test");
}

const EVICTING = "maxmemory:1048576\r\nmaxmemory_policy:allkeys-lru\r\n";
const MEMORY = "the cluster's store forgets";
const DENIED = "This user has no permissions to run the 'set' command";
const LOADING = "the cluster's store may lose revocations";

test.each<[info: string | Error, verdict: string | Error, expected: readonly string[]]>([
  [EVICTING, "OK", [MEMORY]],
  ["maxmemory:1048576\r\nmaxmemory_policy:noeviction\r\n", "OK", []],
  ["maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n", "OK", []],
  [new Error("NOPERM"), new Error("NOPERM"), []],
  ["aof_enabled:1\r\n", DENIED, [LOADING]],
  [new Error("NOPERM"), DENIED, [LOADING]],
  ["aof_enabled:0\r\n", DENIED, []],
  [EVICTING, DENIED, [MEMORY, LOADING]],
])("a store that says %j and %j is warned of, once while that lasts", async (info, verdict, expected) => {
  const { warnings, logged } = create();
  const of = expected.map((begin) => expect.stringMatching(`^${begin}`) as string);
  await warnings.prepare(storeWith(info, verdict));
  await warnings.prepare(storeWith(info, verdict));
  expect(logged).toEqual(of);
  await warnings.prepare(storeWith("", "OK"));
  await warnings.prepare(storeWith(info, verdict));
  expect(logged).toEqual([...of, ...of]);
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
