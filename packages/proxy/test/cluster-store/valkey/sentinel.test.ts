import { expect, test } from "vitest";
import { chooseMasters, findMasters, type KnownMaster } from "../../../src/cluster-store/valkey/sentinel.ts";
import { parseStoreUrl } from "../../../src/cluster-store/valkey/store-url.ts";
import { bulk, FakeRedis } from "../../support/fake-redis.ts";
import { flood } from "../../support/flood.ts";

const PLACE = `*2\r\n${bulk("10.0.0.5")}${bulk("7000")}`;

/** A Sentinel that says this of its master. */
async function sentinel(reply: string | undefined): Promise<FakeRedis> {
  return await FakeRedis.start(([name]) => (name === "SENTINEL" ? reply : undefined));
}

const find = async (sentinels: readonly { readonly port: number }[], timeoutMs = 5000): Promise<unknown> => {
  const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(",");
  const address = parseStoreUrl(`redis+sentinel://:secret@${hosts}/consoles/2`);
  return (await findMasters(address, { ca: undefined, timeoutMs })).latest;
};

const EXPECTED = { host: "10.0.0.5", port: 7000, tls: false, username: undefined, password: "secret", database: 2 };

test("without Sentinels it is the server of the URL", async () => {
  const found = await findMasters(parseStoreUrl("redis://store"), { ca: undefined, timeoutMs: 1 });
  expect(found).toMatchObject({ latest: { host: "store", port: 6379 }, agreed: undefined });
});

test("the Sentinel is asked for the master of this name, without the account of the store", async () => {
  const commands: string[] = [];
  await using one = await FakeRedis.start((command) => {
    commands.push(command.join(" "));
    return command[0] === "SENTINEL" ? PLACE : undefined;
  });
  expect(await find([one])).toEqual(EXPECTED);
  expect(commands).toContain("SENTINEL GET-MASTER-ADDR-BY-NAME consoles");
  expect(commands.join()).not.toContain("secret");
});

test("one that answers is enough, whatever the others do", async () => {
  await using silent = await sentinel(undefined);
  await using ignorant = await sentinel("_\r\n");
  await using failing = await sentinel("-ERR a fault\r\n");
  await using one = await sentinel(PLACE);
  expect(await find([silent, ignorant, failing, { port: 1 }, one])).toEqual(EXPECTED);
});

test("what each has said is told when none knows it", async () => {
  await using silent = await sentinel(undefined);
  await using ignorant = await sentinel("_\r\n");
  await using strange = await sentinel(`*2\r\n${bulk("10.0.0.5")}${bulk("seven")}`);
  const error = await find([silent, ignorant, strange, { port: 1 }], 2000).catch(String);
  expect(error).toContain('no Sentinel knows where "consoles" is: ');
  for (const reason of [
    `127.0.0.1:${silent.port}: no answer within 2000 ms`,
    `127.0.0.1:${ignorant.port}: it does not watch a master of this name`,
    `127.0.0.1:${strange.port}: expected a host and a port`,
    "127.0.0.1:1: connect ECONNREFUSED",
  ]) {
    expect(error).toContain(reason);
  }
});

/** More than a machine keeps on the way, and much less than is sent in the time that a Sentinel has to answer. */
const ACCEPTED_BYTES = 32 * 1024 * 1024;

test.each(["+", "*2\r\n+10.0.0.5\r\n+", `$${2 ** 31}\r\n`, "*1000000\r\n"])(
  "one that answers %j and more without end is cut off at once",
  async (begin) => {
    let flooding: Promise<number> | undefined;
    await using endless = await FakeRedis.start(([name], socket) => {
      if (name === "SENTINEL") flooding ??= flood(socket, begin);
      return undefined;
    });
    const error = await find([endless], 30_000).catch(String);
    expect(error).toMatch(/more than (?:65536 bytes|1000 values)/);
    expect(await flooding).toBeLessThan(ACCEPTED_BYTES);
  },
);

const named = (host: string, epoch: number): KnownMaster => ({ host, port: 6379, epoch });

test.each<[string, readonly KnownMaster[], string | undefined, string | undefined]>([
  ["none", [], undefined, undefined],
  ["the same", [named("a", 1), named("a", 1), named("a", 1)], "a", "a"],
  ["what was before the last failover, one of them", [named("b", 2), named("a", 1), named("b", 2)], "b", "b"],
  ["what is after it, one of them", [named("a", 1), named("b", 2), named("a", 1)], "b", "a"],
  ["different servers for one failover", [named("b", 1), named("a", 1), named("a", 1)], "a", "a"],
  ["a server, and two nothing", [named("b", 2)], "b", undefined],
  ["different servers, and one nothing", [named("b", 2), named("a", 1)], "b", undefined],
])("three Sentinels name %s", (_what, known, latest, agreed) => {
  const chosen = chooseMasters(known, 3);
  expect([chosen.latest?.host, chosen.agreed?.host]).toEqual([latest, agreed]);
});
