import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { HandClock, SettableClock } from "./support/clock.ts";
import { type Request, TestGateway } from "./support/gateway.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

const asking = { max_per_instance: 1, on_limit: "ask" } as const;

async function connect(gateway: TestGateway, request: Request = {}, protocols?: readonly string[]): Promise<Client> {
  const { token } = await gateway.token(target.address, { instance: "vm-1", ...request });
  return new Client(gateway.host, token, { ...(protocols && { protocols }) });
}

async function open(gateway: TestGateway, request?: Request): Promise<Client> {
  const client = await connect(gateway, request);
  await client.message("hello");
  return client;
}

/** Alice's session, and Bob's, because of which she is asked. */
async function ask(gateway: TestGateway, alice: Client): Promise<{ bob: Client; id: number }> {
  const from = alice.messages.length;
  const bob = await connect(gateway, { user: "bob" });
  const { id, user, endsInMs } = await alice.message("takeover_request", from);
  expect({ user, endsInMs }).toEqual({ user: "bob", endsInMs: 10_000 });
  expect(await bob.message("takeover_pending")).toEqual({ type: "takeover_pending", endsInMs: 9750 });
  return { bob, id };
}

describe("with on_limit: ask, a session above the limit waits for the answer of the user who is there", () => {
  test("who allows it: their session is replaced, and told by whom", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: asking } });
    using alice = await open(gateway, { user: "alice" });
    const { bob, id } = await ask(gateway, alice);
    using _ = bob;
    expect(gateway.proxy.sessions.list().map(({ phase }) => phase)).toEqual(["relaying", "asking"]);
    bob.socket.send(Buffer.from("early"));
    alice.control({ type: "takeover_answer", id, allow: true });
    expect(await alice.closed).toEqual({ code: 4006, reason: "session_replaced" });
    expect((await alice.message("bye")).detail).toBe("bob took the console over");
    await bob.message("hello");
    expect(bob.order).toEqual(["takeover_pending", "hello"]);
    // What it sent meanwhile reaches the console.
    await bob.bytes(5);
    expect(gateway.logged("takeover answered")).toMatchObject([{ by_user: "bob", answer: "allowed" }]);
  });

  test("who declines: takeover_denied, and their session goes on", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: asking } });
    using alice = await open(gateway, { user: "alice" });
    const { bob, id } = await ask(gateway, alice);
    alice.control({ type: "takeover_answer", id: id + 1, allow: true });
    alice.control({ type: "takeover_answer", id, allow: false });
    expect(await bob.closed).toEqual({ code: 4012, reason: "takeover_denied" });
    expect((await bob.message("bye")).detail).toBe("the user at the console declined");
    expect(await alice.message("takeover_over")).toEqual({ type: "takeover_over", id });
    // An answer that comes late has no effect.
    alice.control({ type: "takeover_answer", id, allow: true });
    alice.socket.send(Buffer.from("still mine"));
    await alice.bytes(10);
    expect(gateway.endReasons()).toEqual(["takeover_denied"]);
  });

  test("who does not answer within 10 s: server_busy", async () => {
    const clock = new HandClock();
    await using gateway = await TestGateway.start({ config: { sessions: asking }, clock });
    using alice = await open(gateway, { user: "alice" });
    const { bob, id } = await ask(gateway, alice);
    clock.now += 9999;
    alice.control({ type: "ping", id: 1 });
    await alice.message("pong");
    expect(bob.order).toEqual(["takeover_pending"]);
    clock.now += 1;
    expect(await bob.closed).toEqual({ code: 4201, reason: "server_busy" });
    expect((await bob.message("bye")).detail).toBe("the user at the console did not answer");
    expect(await alice.message("takeover_over")).toEqual({ type: "takeover_over", id });
  });

  test("who leaves: the new session opens", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: asking } });
    using alice = await open(gateway, { user: "alice" });
    const { bob } = await ask(gateway, alice);
    using _ = bob;
    alice.socket.close(1000);
    await bob.message("hello");
    expect(gateway.endReasons()).toEqual(["client_closed"]);
    expect(gateway.logged("takeover answered")).toEqual([]);
  });

  test("and may give up: the question is withdrawn, and an answer that was under way replaces no one", async () => {
    // Time stands still: the question does not lapse by itself.
    await using gateway = await TestGateway.start({ config: { sessions: asking }, clock: new HandClock() });
    using alice = await open(gateway, { user: "alice" });
    const { bob, id } = await ask(gateway, alice);
    bob.socket.close(1000);
    await alice.message("takeover_over");
    alice.control({ type: "takeover_answer", id, allow: true });
    alice.control({ type: "ping", id: 1 });
    await alice.message("pong");
    expect(gateway.endReasons()).toEqual(["client_closed"]);
    expect(gateway.held().sessions).toBe(1);
  });

  test("until its own deadline", async () => {
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ config: { sessions: asking }, clock });
    using alice = await open(gateway, { user: "alice" });
    using bob = await connect(gateway, { user: "bob", ttlMs: 5000 });
    await bob.message("takeover_pending");
    clock.passed = 5000;
    expect((await bob.closed).reason).toBe("session_expired");
    await alice.message("takeover_over");
  });
});

describe("a user is not asked", () => {
  test("twice at once, nor within 30 s: others get the answer of before", async () => {
    const clock = new HandClock();
    await using gateway = await TestGateway.start({ config: { sessions: asking }, clock });
    using alice = await open(gateway, { user: "alice" });
    const { bob, id } = await ask(gateway, alice);
    using carol = await connect(gateway, { user: "carol" });
    expect((await carol.closed).reason).toBe("server_busy");
    expect((await carol.message("bye")).detail).toBe("the user at the console was asked a moment ago");
    alice.control({ type: "takeover_answer", id, allow: false });
    await bob.closed;
    clock.now += 29_999;
    using again = await connect(gateway, { user: "bob" });
    expect((await again.closed).reason).toBe("takeover_denied");
    clock.now += 1;
    (await ask(gateway, alice)).bob.socket.terminate();
    expect(alice.messages.filter(({ type }) => type === "takeover_request")).toHaveLength(2);
  });

  test("where the client has no control messages, whose session goes on: server_busy at once", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: asking } });
    using alice = await connect(gateway, { user: "alice" }, ["binary"]);
    alice.socket.on("open", () => alice.socket.send(Buffer.from("x")));
    await alice.bytes(1);
    using bob = await connect(gateway, { user: "bob" });
    expect(await bob.closed).toEqual({ code: 4201, reason: "server_busy" });
    expect((await bob.message("bye")).detail).toBe("the machine has as many sessions as it may have");
    expect(bob.order).toEqual(["bye", "close"]);
  });
});

test("a session in the way of two limits asks both users, and one who declines is enough", async () => {
  await using gateway = await TestGateway.start({ config: { sessions: { ...asking, max_per_user: 1 } } });
  using alice = await open(gateway, { user: "alice", instance: "vm-1" });
  using bobsOther = await open(gateway, { user: "bob", instance: "vm-2" });
  using bob = await connect(gateway, { user: "bob", instance: "vm-1" });
  const { id } = await alice.message("takeover_request");
  const { id: second } = await bobsOther.message("takeover_request");
  await bob.message("takeover_pending");
  alice.control({ type: "takeover_answer", id, allow: true });
  await alice.message("takeover_over");
  expect(bob.order).toEqual(["takeover_pending"]);
  bobsOther.control({ type: "takeover_answer", id: second, allow: false });
  expect((await bob.closed).reason).toBe("takeover_denied");
  expect([alice.order.at(-1), bobsOther.order.at(-1)]).toEqual(["takeover_over", "takeover_over"]);
  expect(gateway.endReasons()).toEqual(["takeover_denied"]);
});
