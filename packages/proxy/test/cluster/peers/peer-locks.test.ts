import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestFolder } from "../../support/folder.ts";
import { HANGING_MS, knows, Pair, PeerGateway } from "./peer-gateways.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const ALICE = { user: "alice" };

async function values(gateway: PeerGateway): Promise<readonly string[]> {
  return (await gateway.admin.listLocks()).map(({ value }) => value);
}

async function has(gateway: PeerGateway, ...expected: readonly string[]): Promise<void> {
  await expect.poll(async () => await values(gateway), { interval: 10 }).toEqual(expected);
}

test("a lock at one gateway holds at both at once, and is lifted at either", async () => {
  await using pair = await Pair.start();
  const { one, two } = pair;
  const { token } = await two.token(target.address, ALICE);
  using client = await two.open(token);
  const lock = await one.admin.lock({ ...ALICE, message: "Ask the help desk" });
  expect(lock.ended).toBe(1);
  expect(await client.message("bye")).toMatchObject({ reason: "session_terminated", message: "Ask the help desk" });
  // It is answered only once the other gateway has written it.
  expect(await values(two)).toEqual(["alice"]);
  expect(await two.refusal(token)).toBe("forbidden");
  // With other words, too.
  await one.admin.lock({ ...ALICE, message: "Ask again" });
  expect(await two.admin.listLocks()).toMatchObject([{ message: "Ask again" }]);
  await two.admin.liftLock(lock.id);
  expect([await values(one), await values(two)]).toEqual([[], []]);
  expect(await two.refusal(token)).toBe("opened");
});

test.each(["refuses", "hangs"] as const)(
  "what is locked or lifted while the way between both %s is said not to be complete, and known once it is open",
  async (state) => {
    await using pair = await Pair.start({ answerMs: HANGING_MS });
    const { one, two, wires } = pair;
    const { token } = await two.token(target.address, ALICE);
    const bob = await one.admin.lock({ user: "bob" });
    wires.one.set(state);
    wires.two.set(state);
    const [locking, lifting] = await Promise.allSettled([one.admin.lock(ALICE), one.admin.liftLock(bob.id)]);
    const unavailable = [{ member: "gateway two" }];
    expect(locking).toMatchObject({ reason: { status: 500, unavailable } });
    expect(lifting).toMatchObject({ reason: { status: 500, unavailable } });
    using client = await two.open(token);
    expect([await values(one), await values(two)]).toEqual([["alice"], ["bob"]]);
    // Two asks one; one still cannot reach two.
    wires.one.set("passes");
    expect((await client.message("bye")).reason).toBe("session_terminated");
    await has(two, "alice");
    expect(await two.refusal(token)).toBe("forbidden");
  },
);

test("a gateway that starts knows the locks before its first session, and keeps them", async () => {
  await using folder = await TestFolder.create();
  const options = { path: folder.join("tokens.db") };
  await using pair = await Pair.start({}, options);
  const { one, wires } = pair;
  const bob = await one.admin.lock({ user: "bob" });
  const { token } = await pair.two.token(target.address, ALICE);
  await pair.two[Symbol.asyncDispose]();
  await knows(one, 1);
  await expect(one.admin.lock(ALICE)).rejects.toMatchObject({ unavailable: [{ member: "gateway two" }] });
  await expect(one.admin.liftLock(bob.id)).rejects.toMatchObject({ unavailable: [{ member: "gateway two" }] });
  pair.two = await PeerGateway.start("two", { one: wires.one.url }, options);
  expect(await pair.two.refusal(token)).toBe("forbidden");
  expect(await values(pair.two)).toEqual(["alice"]);
  await pair.two[Symbol.asyncDispose]();
  wires.one.set("refuses");
  pair.two = await PeerGateway.start("two", { one: wires.one.url }, options);
  expect([await values(pair.two), await pair.two.refusal(token)]).toEqual([["alice"], "forbidden"]);
  expect(pair.two.logged("a peer is away: its tokens open nothing here")).toHaveLength(1);
});

test("of two gateways that locked and lifted the same while apart, the later one counts at both", async () => {
  await using pair = await Pair.start();
  const { one, two, wires } = pair;
  const lock = await one.admin.lock(ALICE);
  wires.one.set("refuses");
  wires.two.set("refuses");
  await expect(one.admin.liftLock(lock.id)).rejects.toThrow("lifted, but");
  await new Promise((resolve) => setTimeout(resolve, 2));
  await expect(two.admin.lock({ ...ALICE, message: "Again" })).rejects.toThrow("locked");
  wires.one.set("passes");
  wires.two.set("passes");
  await pair.meet();
  await has(one, "alice");
  await has(two, "alice");
  expect((await one.admin.listLocks())[0]?.message).toBe("Again");
});

test("a lock that was lifted while the request waited in a connection is not in force", async () => {
  await using pair = await Pair.start();
  const { one, two } = pair;
  const { token } = await two.token(target.address, ALICE);
  const lock = await one.admin.lock(ALICE);
  await one.admin.liftLock(lock.id);
  const createdAt = Date.parse(lock.created_at);
  const late = { id: lock.id, subject: "user", value: "alice", createdAt };
  const ask = async (sent: object): Promise<unknown> =>
    await two.cluster.answer({ version: 1, request: { type: "lock", lock: sent } });
  await expect(ask(late)).rejects.toThrow("the lock was lifted later");
  expect([await values(two), await two.refusal(token)]).toEqual([[], "opened"]);
  // A lock whose time leaves none for lifting it is malformed.
  await expect(ask({ ...late, createdAt: 8.64e15 })).rejects.toThrow("malformed request: lock.createdAt");
});
