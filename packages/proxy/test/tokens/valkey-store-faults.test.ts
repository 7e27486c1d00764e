import { expect, test } from "vitest";
import { sha256 } from "../../src/sha256.ts";
import { bulk, FakeRedis } from "../support/fake-redis.ts";
import { StoreGateway } from "./valkey-cluster.ts";

/** What a store with nothing in it answers while a gateway connects. */
const EMPTY: Readonly<Record<string, string>> = {
  XREVRANGE: "*0\r\n",
  HLEN: ":0\r\n",
  HSCAN: `*2\r\n${bulk("0")}*0\r\n`,
};

const ID = `ct_${"a".repeat(22)}`;

/** Answers that no store gives to what it is asked. */
const NONSENSE = {
  "another status": "+FINE\r\n",
  "a number": ":7\r\n",
  nothing: "_\r\n",
  "an empty list": "*0\r\n",
  "a list of numbers": "*2\r\n:7\r\n:8\r\n",
  "a map": `%1\r\n${bulk("a")}${bulk("b")}`,
  true: "#t\r\n",
  "a fraction": ",1.5\r\n",
  "a text": bulk("text"),
  "an empty text": bulk(""),
  "an error": "-ERR a fault\r\n",
  "a refusal": "-NOPERM this user has no permissions\r\n",
};

const outcome = async (work: Promise<unknown>): Promise<unknown> => await work.catch(() => "rejected");

test.each(Object.entries(NONSENSE))(
  "a store that answers with %s opens nothing, and the gateway goes on",
  async (_what, answer) => {
    let isConnected = false;
    await using server = await FakeRedis.start(([name = ""]) =>
      name === "HELLO" || name === "XREAD" ? undefined : isConnected ? answer : EMPTY[name],
    );
    await using gateway = await StoreGateway.open({ url: `redis://127.0.0.1:${server.port}` });
    isConnected = true;
    const { store } = gateway;
    expect(["rejected", undefined]).toContain(await outcome(store.resolve("token")));
    expect(["rejected", undefined]).toContain(await outcome(store.find("token")));
    expect(["rejected", undefined]).toContain(await outcome(store.get(ID)));
    expect(["rejected", false]).toContain(await outcome(store.useOnce("a", Date.now())));
    // What was used long ago has expired.
    expect(["rejected", 7]).toContain(await outcome(store.firstUse(sha256("a"), Date.now())));
    expect(["rejected", { tokens: [], next: undefined }]).toContainEqual(await outcome(store.list()));
  },
);

test.each(Object.entries(NONSENSE).filter(([what]) => what !== "an empty text"))(
  "a revocation that the store answers with %s has failed, and the token opens nothing here",
  async (_what, answer) => {
    let isConnected = false;
    await using server = await FakeRedis.start(([name = ""]) =>
      name === "HELLO" || name === "XREAD" ? undefined : isConnected ? answer : EMPTY[name],
    );
    await using gateway = await StoreGateway.open({ url: `redis://127.0.0.1:${server.port}` });
    isConnected = true;
    await expect(gateway.store.revoke(ID)).rejects.toThrow("the token store failed");
  },
);

test.each(Object.entries(NONSENSE).filter(([what]) => what !== "nothing"))(
  "a log that answers with %s makes the connection anew",
  async (_what, answer) => {
    let connections = 0;
    await using server = await FakeRedis.start(([name = ""]) => {
      if (name === "XREVRANGE") connections += 1;
      return name === "XREAD" && connections === 1 ? answer : EMPTY[name];
    });
    await using gateway = await StoreGateway.open({ url: `redis://127.0.0.1:${server.port}` });
    await expect.poll(() => connections).toBeGreaterThan(1);
    await expect.poll(() => gateway.connection.isOpen).toBe(true);
  },
);

test("entries that no gateway writes are passed over, and what they hide is looked for", async () => {
  const entry = (id: string, fields: readonly string[]): string =>
    `*2\r\n${bulk(id)}*${fields.length}\r\n${fields.map(bulk).join("")}`;
  const entries = [
    entry("1-1", ["number", "1", "kind", "of a later version", "id", "x"]),
    entry("1-2", ["a", "b"]),
    entry("1-3", ["number", "3", "kind", "revoked", "id", ID]),
  ];
  let isTold = false;
  await using server = await FakeRedis.start(([name = "", ...args]) => {
    // Those that revoke have the keys of the log and of the list as well.
    if (name === "EVALSHA") return args[1] === "1" ? "*1\r\n:0\r\n" : "*1\r\n_\r\n";
    if (name !== "XREAD" || isTold) return EMPTY[name];
    isTold = true;
    return `%1\r\n${bulk("{curfew}:log")}*${entries.length}\r\n${entries.join("")}`;
  });
  await using gateway = StoreGateway.create({ url: `redis://127.0.0.1:${server.port}` });
  gateway.connection.start();
  await gateway.connection.opened;
  const live = `ct_${"c".repeat(22)}`;
  gateway.live = [live];
  await expect.poll(() => new Set(gateway.told)).toEqual(new Set([ID, live]));
});
