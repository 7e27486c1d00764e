import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sha256 } from "../../../src/sha256.ts";
import { lockId } from "../../../src/tokens/lock.ts";
import type { TokenSource } from "../../../src/tokens/source.ts";
import { stopwatch } from "../../support/waited.ts";
import { keyOf, knows, Pair, PeerGateway } from "./peer-gateways.ts";
import { Wire } from "./wire.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const MISTAKE = "an entry of cluster.peers is no other gateway";

test("a gateway in its own list, and one that is in it twice, are told and not asked", async () => {
  await using own = await Wire.open();
  await using again = await Wire.open();
  await using wire = await Wire.open();
  await using one = await PeerGateway.start("one", { one: own.url, two: wire.url });
  own.leadTo(one.adminUrl);
  await using two = await PeerGateway.start("two", { one: own.url });
  wire.leadTo(two.adminUrl);
  again.leadTo(two.adminUrl);
  await expect.poll(() => one.logged(MISTAKE).map(({ problem }) => problem)).toEqual(["it is this gateway itself"]);
  await Promise.all([knows(one, 2), knows(two, 2)]);
  await expect.poll(async () => (await one.readiness())[1]).toBe("ready; cluster.peers.0 is no other gateway");
  await one.open((await one.token(target.address)).token);
  expect((await one.admin.listSessions()).sessions).toHaveLength(1);
  expect(await one.refusal("A".repeat(43))).toBe("token_invalid");

  await using third = await PeerGateway.start("third", { two: wire.url, one: own.url });
  await knows(third, 3);
  await third[Symbol.asyncDispose]();
  // Both ways lead to the same one.
  await using fourth = await PeerGateway.start(
    "fourth",
    {},
    {
      config: {
        cluster: { name: "fourth", peers: [wire.url, again.url].map((url) => ({ url, key: keyOf("two"), ca: null })) },
      },
    },
  );
  await expect
    .poll(() => fourth.logged(MISTAKE).map(({ problem }) => problem))
    .toEqual([`it is the gateway of ${wire.url}`]);
  expect(fourth.cluster.figures.gateways()).toBe(2);
});

test("a peer that refuses the key is away, which is logged once", async () => {
  await using wire = await Wire.open();
  await using two = await PeerGateway.start("two", {});
  wire.leadTo(two.adminUrl);
  await using one = await PeerGateway.start("one", { mistaken: wire.url });
  expect(await one.refusal((await two.token(target.address)).token)).toBe("server_busy");
  await expect.poll(() => one.cluster.figures.peers?.()[0]?.contactAge).toBe(Infinity);
  const logged = one.logged("a peer is away: its tokens open nothing here");
  expect(logged.map(({ problem }) => problem)).toEqual([expect.stringContaining("it answers HTTP 401")]);
  expect(one.lines.join("\n")).not.toContain(keyOf("mistaken"));
});

test("a peer that hangs does not hold the start up", async () => {
  await using wire = await Wire.open();
  wire.set("hangs");
  const elapsed = stopwatch([process.pid]);
  await using one = await PeerGateway.start("one", { two: wire.url });
  expect(elapsed()).toBeLessThan(4000);
  const note = "cluster.peers.0 is away: its tokens open nothing here, their sessions go on until their deadlines";
  await expect.poll(() => one.readiness()).toEqual([200, `ready; ${note}`]);
  expect(await one.refusal((await one.token(target.address)).token)).toBe("opened");
});

test("a list that is read while the gateway stops is not taken", async () => {
  await using wire = await Wire.open();
  const gateway = await PeerGateway.start("one", { two: wire.url });
  const take = gateway.cluster.prepare({ peers: [{ url: "http://127.0.0.1:1", key: "another", ca: null }] });
  await gateway[Symbol.asyncDispose]();
  take();
  expect(gateway.cluster.figures.peers?.().map(({ peer }) => peer)).toEqual([new URL(wire.url).host]);
});

test("messages need a key with the right admin, and a form", async () => {
  const issuing = "a-key-that-may-issue-and-end";
  const admin = { listen: "127.0.0.1:0", key: keyOf("one") };
  const keys = [
    { name: "issuing", sha256: sha256(issuing).toString("hex"), rights: ["read", "issue", "end"] },
  ] as const;
  await using one = await PeerGateway.start("one", {}, { config: { admin: { ...admin, keys } } });
  const post = async (body: string, key: string): Promise<readonly [number, string]> => {
    const answer = await fetch(`${one.adminUrl}/v1/peer`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body,
    });
    return [answer.status, ((await answer.json()) as { detail?: string }).detail ?? "answered"];
  };
  const sync = JSON.stringify({ version: 1, request: { type: "sync" } });
  expect(await post(sync, keyOf("one"))).toEqual([200, "answered"]);
  expect((await post(sync, keyOf("two")))[0]).toBe(401);
  expect(await post(sync, issuing)).toEqual([403, 'the key "issuing" does not have the right "admin"']);
  expect(await post("{", keyOf("one"))).toEqual([422, "expected a message of version 1"]);
  expect(await post(JSON.stringify({ version: 2, request: {} }), keyOf("one"))).toEqual([
    422,
    "expected a message of version 1",
  ]);
  expect(await post(JSON.stringify({ version: 1, request: { type: "exec" } }), keyOf("one"))).toEqual([
    422,
    "unknown request",
  ]);
  const address = { id: lockId("address", "everybody"), subject: "address", value: "everybody", createdAt: 1 };
  const user = { id: lockId("user", "alice"), subject: "user", value: "bob", createdAt: 1 };
  for (const lock of [address, user]) {
    expect(await post(JSON.stringify({ version: 1, request: { type: "lock", lock } }), keyOf("one"))).toEqual([
      422,
      "malformed request: lock: expected what can be locked, and its id",
    ]);
  }
  expect((await post(`"${"x".repeat(70_000)}"`, keyOf("one")))[0]).toBe(413);
  // The log and the audit trail are told of the orders, and not of what gateways ask each other every second.
  await one.admin.listLocks();
  expect(one.events.get("admin_called")).toBe(3);
});

test("tokens of other systems open also while a peer is away", async () => {
  const token = "A".repeat(43);
  const grant = {
    tokenId: "other",
    type: "serial",
    instance: undefined,
    name: undefined,
    user: undefined,
    access: "control",
    expiresAt: Date.now() + 60_000,
  } as const;
  const [host = "", port] = target.address.split(":");
  const endpoint = { type: "tcp", host, port: Number(port) } as const;
  const source: TokenSource = { resolve: async (asked) => (asked === token ? { ...grant, endpoint } : undefined) };
  await using pair = await Pair.start({ source });
  const { two, wires } = pair;
  wires.one.set("refuses");
  await knows(two, 1);
  expect([await two.refusal(token), await two.refusal("B".repeat(43)), await two.refusal("short")]).toEqual([
    "opened",
    "server_busy",
    "token_invalid",
  ]);
});
