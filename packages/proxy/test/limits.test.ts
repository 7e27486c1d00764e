import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { type Request, TestGateway } from "./support/gateway.ts";
import { heldSource } from "./support/held-source.ts";

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "echo" });
});
afterAll(() => target.close());

async function connect(gateway: TestGateway, request: Request = {}): Promise<Client> {
  return new Client(gateway.host, (await gateway.token(target.address, request)).token);
}

async function open(gateway: TestGateway, request: Request = {}): Promise<Client> {
  const client = await connect(gateway, request);
  await client.message("hello");
  return client;
}

async function refusals(gateway: TestGateway): Promise<Record<string, number>> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const lines = text.matchAll(/^curfew_sessions_refused_total\{limit="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, limit = "", count]) => [limit, Number(count)]));
}

describe("at a limit a session is told server_busy in words, and the log has the limit's name", () => {
  test.each(["max", "max_per_client", "max_per_token", "max_per_instance", "max_per_user"] as const)(
    "sessions.%s",
    async (limit) => {
      await using gateway = await TestGateway.start({ config: { sessions: { [limit]: 2 } } });
      const { token } = await gateway.token(target.address, { instance: "vm-1", user: "alice" });
      const open = async (): Promise<Client> => {
        const client = new Client(gateway.host, token);
        await client.message("hello");
        return client;
      };
      using first = await open();
      using second = await open();
      using third = new Client(gateway.host, token);
      expect(await third.closed).toEqual({ code: 4201, reason: "server_busy" });
      const { detail = "" } = await third.message("bye");
      expect(detail).toMatch(/^\w+ \w+ has as many sessions as it may have$/);
      expect(detail).not.toMatch(/max|sessions\./);
      expect(gateway.logged("session ended")).toMatchObject([
        { detail, cause: `the limit sessions.${limit} is reached` },
      ]);
      const none = { max: 0, max_per_client: 0, max_per_token: 0, max_per_instance: 0, max_per_user: 0 };
      expect(await refusals(gateway)).toEqual({ ...none, [limit]: 1 });

      first.socket.close(1000);
      await first.closed;
      using fourth = await open();
      expect([second, fourth].map(({ order }) => order)).toEqual([["hello"], ["hello"]]);
    },
  );

  test("sessions.max_per_token is 16 by default", async () => {
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    const clients = Array.from({ length: 17 }, () => new Client(gateway.host, token));
    const told = await Promise.all(clients.map((client) => Promise.race([client.message("hello"), client.closed])));
    expect(told.filter((answer) => "reason" in answer)).toEqual([{ code: 4201, reason: "server_busy" }]);
    for (const client of clients) client[Symbol.dispose]();
  });

  test("a session of another machine is not counted", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: { max_per_instance: 1 } } });
    using first = await open(gateway, { instance: "vm-1" });
    using second = await open(gateway, { instance: "vm-2" });
    expect([first.order, second.order]).toEqual([["hello"], ["hello"]]);
  });
});

describe("a slot is released", () => {
  const one = { config: { sessions: { max: 1 } } };

  test.each<[string, (gateway: TestGateway, clock: SettableClock) => Promise<void>]>([
    [
      "when the target refuses the connection",
      async (gateway) => {
        await using refusing = await startByteServer({ mode: "sink", faults: [{ type: "refuse" }] });
        const { token } = await gateway.token(refusing.address);
        using client = new Client(gateway.host, token);
        expect((await client.closed).reason).toBe("target_unreachable");
      },
    ],
    [
      "when the target may not be dialed",
      async (gateway) => {
        const { token } = await gateway.token("192.0.2.1:5900");
        using client = new Client(gateway.host, token);
        expect((await client.closed).reason).toBe("forbidden");
      },
    ],
    [
      "when the client vanishes",
      async (gateway) => {
        using client = await open(gateway);
        client.socket.terminate();
        await gateway.proxy.sessions.idle();
      },
    ],
    [
      "at the deadline",
      async (gateway, clock) => {
        using client = await open(gateway);
        clock.passed = 60_000;
        expect((await client.closed).reason).toBe("session_expired");
      },
    ],
    [
      "when an operator ends the session",
      async (gateway) => {
        using client = await open(gateway);
        await gateway.admin("DELETE", "/v1/sessions?all=true");
        expect((await client.closed).reason).toBe("session_terminated");
      },
    ],
  ])("%s", async (_when, endOne) => {
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ ...one, clock });
    await endOne(gateway, clock);
    using next = await open(gateway, { ttlMs: 3_600_000 });
    using tooMany = await connect(gateway, { ttlMs: 3_600_000 });
    expect((await tooMany.closed).reason).toBe("server_busy");
    expect(next.order).toEqual(["hello"]);
  });

  test("and none is held by a connection without a valid token", async () => {
    const { source, release } = heldSource(0);
    await using gateway = await TestGateway.start({ ...one, source });
    using stranger = new Client(gateway.host, "nonsense");
    using client = await connect(gateway);
    release();
    expect((await stranger.closed).reason).toBe("token_invalid");
    await client.message("hello");
  });
});

test("of many sessions that open at once exactly as many get a slot as there are", async () => {
  const { source, release } = heldSource(0);
  await using gateway = await TestGateway.start({ config: { sessions: { max: 7 } }, source });
  const clients = await Promise.all(Array.from({ length: 20 }, () => connect(gateway)));
  await expect.poll(() => gateway.proxy.sessions.size).toBe(20);
  release();
  const settled = clients.map(async (client) => await Promise.race([client.message("hello"), client.closed]));
  await Promise.allSettled(settled);
  await expect.poll(() => gateway.proxy.sessions.size).toBe(7);
  expect(gateway.endReasons()).toEqual(Array<string>(13).fill("server_busy"));
  for (const client of clients) client[Symbol.dispose]();
});

describe("a token", () => {
  test("that is for a single use opens one session, and the next is told that it was used", async () => {
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address, { singleUse: true });
    const clients = Array.from({ length: 5 }, () => new Client(gateway.host, token));
    const told = await Promise.all(clients.map((client) => Promise.race([client.message("hello"), client.closed])));
    expect(told.filter((answer) => !("reason" in answer))).toHaveLength(1);
    expect(told.filter((answer) => "reason" in answer)).toEqual(
      Array.from({ length: 4 }, () => ({ code: 4102, reason: "token_invalid" })),
    );
    for (const client of clients) client.socket.close(1000);
    await Promise.all(clients.map(({ closed }) => closed));
    using late = new Client(gateway.host, token);
    expect((await late.message("bye")).detail).toBe("the token was used already");
  });

  test("that is for a single use renews once, and is not used up by a refusal", async () => {
    await using gateway = await TestGateway.start();
    const request = { instance: "vm-1", singleUse: true, ttlMs: 600_000 };
    using client = await open(gateway, { instance: "vm-1" });
    using other = await open(gateway, { instance: "vm-2" });
    const { token } = await gateway.token(target.address, request);
    other.control({ type: "renew", id: 1, token });
    expect(await other.message("renew_failed")).toMatchObject({ reason: "forbidden" });
    client.control({ type: "renew", id: 1, token });
    await client.message("renewed");
    client.control({ type: "renew", id: 2, token });
    expect(await client.message("renew_failed")).toMatchObject({ id: 2, reason: "token_invalid" });
  });

  test("that limits its sessions is refused above that, without any other limit", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: { max_per_token: null } } });
    const { token } = await gateway.token(target.address, { maxSessions: 1 });
    using first = new Client(gateway.host, token);
    await first.message("hello");
    using second = new Client(gateway.host, token);
    expect(await second.closed).toEqual({ code: 4201, reason: "server_busy" });
    first.socket.close(1000);
    await first.closed;
    using third = new Client(gateway.host, token);
    await third.message("hello");
  });

  test("that limits its sessions renews no more than that", async () => {
    await using gateway = await TestGateway.start({ config: { sessions: { max_per_client: 3 } } });
    const { token: before } = await gateway.token(target.address, { instance: "vm-1", maxSessions: 1 });
    using first = new Client(gateway.host, before);
    await first.message("hello");
    using second = await open(gateway, { instance: "vm-1" });
    const { token } = await gateway.token(target.address, { instance: "vm-1", maxSessions: 1, ttlMs: 600_000 });
    first.control({ type: "renew", id: 1, token });
    await first.message("renewed");
    // With the token that it has already, it has a slot.
    first.control({ type: "renew", id: 2, token });
    await first.message("renewed", first.order.length);
    second.control({ type: "renew", id: 1, token });
    expect(await second.message("renew_failed")).toMatchObject({ reason: "server_busy" });
    // It no longer counts for the token that opened it, and counts once for its address.
    using third = new Client(gateway.host, before);
    await third.message("hello");
    first.socket.close(1000);
    await first.closed;
    second.control({ type: "renew", id: 2, token });
    await second.message("renewed");
  });
});

describe("with on_limit: replace", () => {
  const sessions = { max_per_instance: 1, on_limit: "replace" } as const;

  test("a token that was used already replaces no session", async () => {
    await using gateway = await TestGateway.start({ config: { sessions } });
    const { token } = await gateway.token(target.address, { instance: "vm-1", singleUse: true });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    using again = new Client(gateway.host, token);
    expect((await again.message("bye")).detail).toBe("the token was used already");
    client.control({ type: "ping", id: 1 });
    await client.message("pong");
  });

  test("a new session for the machine ends the oldest as session_replaced", async () => {
    await using gateway = await TestGateway.start({ config: { sessions } });
    using other = await open(gateway, { instance: "vm-2" });
    using first = await open(gateway, { instance: "vm-1" });
    using second = await open(gateway, { instance: "vm-1" });
    expect(await first.closed).toEqual({ code: 4006, reason: "session_replaced" });
    expect((await first.message("bye")).detail).toBe("another session took the console over");
    using third = await open(gateway, { instance: "vm-1" });
    expect((await second.closed).reason).toBe("session_replaced");
    expect([other.order, third.order]).toEqual([["hello"], ["hello"]]);
    expect(gateway.endReasons()).toEqual(["session_replaced", "session_replaced"]);
  });

  test("a renewal is no new session", async () => {
    await using gateway = await TestGateway.start({ config: { sessions } });
    using client = await open(gateway, { instance: "vm-1" });
    const { token } = await gateway.token(target.address, { instance: "vm-1" });
    client.control({ type: "renew", id: 1, token });
    await client.message("renewed");
    expect(gateway.endReasons()).toEqual([]);
  });

  test.each([
    [{ instance: "vm-1", user: "alice" }, { instance: "vm-1", user: "bob" }, "bob took the console over"],
    [{ instance: "vm-1", user: "alice" }, { instance: "vm-1", user: "alice" }, "you opened the console once more"],
    [{ instance: "vm-1", user: "alice" }, { instance: "vm-2", user: "alice" }, "you opened another console"],
    [{ instance: "vm-1", user: "alice" }, { instance: "vm-1" }, "another session took the console over"],
  ])("%j that is replaced by %j is told by whom", async (old, next, detail) => {
    await using gateway = await TestGateway.start({ config: { sessions: { ...sessions, max_per_user: 1 } } });
    using first = await open(gateway, old);
    using second = await open(gateway, next);
    expect(await first.message("bye")).toMatchObject({ reason: "session_replaced", detail });
    expect(second.order).toEqual(["hello"]);
  });
});
