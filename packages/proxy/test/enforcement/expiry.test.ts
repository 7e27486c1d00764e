import { startByteServer } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";

describe("rule 1: enforcement is off by default, and tokens then only gate the opening", () => {
  test("a session outlives its token, is told that nothing will cut it, and the expired token opens no other", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({
      clock,
      config: { consoleauth: { enforce_session_timeout: false } },
    });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect(await client.message("hello")).toMatchObject({ expiresInMs: null, renewable: false });
    expect(gateway.held().deadlines).toBe(0);

    clock.leave(-1, record.expiresAt);
    using late = new Client(gateway.host, token);
    expect(await late.closed).toEqual({ code: 4101, reason: "token_expired" });

    client.socket.send(Buffer.from("still here"));
    await client.bytes("still here".length);
    expect(gateway.held().sessions).toBe(1);
  });

  test("sessions that enforcement would have ended are counted, once each, and others are not", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({
      clock,
      config: { consoleauth: { enforce_session_timeout: false } },
    });
    const counted = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      return /^curfew_session_would_have_expired_total (\d+)$/m.exec(metrics)?.[1];
    };
    const { token, record } = await gateway.token(target.address);
    using inTime = new Client(gateway.host, token);
    using running = new Client(gateway.host, token);
    using ending = new Client(gateway.host, token);
    await Promise.all([inTime, running, ending].map((client) => client.message("hello")));
    inTime.socket.close();
    await inTime.closed;
    expect(await counted()).toBe("0");

    clock.leave(0, record.expiresAt);
    ending.socket.close();
    await ending.closed;
    // One that runs is counted while it does.
    await expect.poll(counted).toBe("2");
    running.socket.close();
    await running.closed;
    expect(await counted()).toBe("2");
    expect(gateway.logged("session outlives its token")).toHaveLength(2);
  });

  test("with enforcement on, none is counted", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    clock.leave(0, record.expiresAt);
    expect((await client.closed).reason).toBe("session_expired");
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain("\ncurfew_session_would_have_expired_total 0\n");
  });

  test("the option's default is off", async () => {
    const { parseConfig } = await import("../../src/index.ts");
    expect(parseConfig({}).consoleauth.enforce_session_timeout).toBe(false);
  });
});

describe("rule 2: the deadline is the grant's exact expiry, or earlier where max_duration says so", () => {
  test("a session ends at its token's expiry and not a millisecond before", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { ttlMs: 60_437 });
    using client = new Client(gateway.host, token);
    const { expiresInMs, renewable } = await client.message("hello");
    expect(renewable).toBe(true);
    expect(expiresInMs).toBeLessThanOrEqual(record.expiresAt - record.createdAt);
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(record.expiresAt);
    const connection = await target.waitForConnection();
    clock.leave(1437, record.expiresAt);
    await connection.closed;
    expect(clock.wall()).toBeGreaterThanOrEqual(record.expiresAt);
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
    expect(gateway.logged("session ended")[0]?.["late_ms"]).toBeGreaterThanOrEqual(0);
  });

  test("a grant without an expiry is good for token_ttl from the opening", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({
      clock,
      config: { consoleauth: { token_ttl: 40 } },
      source: (store) => ({
        resolve: async (token) => {
          const grant = await store.resolve(token);
          return grant && { ...grant, expiresAt: undefined };
        },
        close: async () => {},
      }),
    });
    const { token } = await gateway.token(target.address, { ttlMs: 60_000 });
    const before = Date.now();
    using client = new Client(gateway.host, token);
    expect((await client.message("hello")).expiresInMs).toBeLessThanOrEqual(40_000);
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBeGreaterThanOrEqual(before + 40_000);
    clock.leave(0, gateway.proxy.sessions.list()[0]?.expiresAt ?? Number.NaN);
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
  });

  test("token_ttl is the lifetime of a token whose request names none, 600 s by default", async () => {
    await using gateway = await TestGateway.start();
    const issued = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: "127.0.0.1:5901" });
    const { created_at, expires_at } = (await issued.json()) as { created_at: string; expires_at: string };
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(600_000);
  });

  test("max_duration ends a session before its token expires, and says so, and that renewing would not help", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, config: { sessions: { max_duration: 30 } } });
    const { token, record } = await gateway.token(target.address, { ttlMs: 60_000 });
    using client = new Client(gateway.host, token);
    const hello = await client.message("hello");
    expect(hello.renewable).toBe(false);
    expect(hello.expiresInMs).toBeLessThanOrEqual(30_000);
    clock.leave(20_000, record.expiresAt);
    expect(await client.message("bye")).toMatchObject({ detail: "the session has reached its longest duration" });
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
  });
});

describe("rule 5: never early, and no session is forgotten", () => {
  test("200 sessions that expire in one instant all end, none before it", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    // An hour, so that all are open on any machine; set forward then until half a second is left.
    const expiresAt = Date.now() + 3_600_000;
    const clients = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const { token, record } = await gateway.token(target.address, { ttlMs: expiresAt - Date.now() });
        const client = new Client(gateway.host, token);
        await client.message("hello");
        return { client, record };
      }),
    );
    expect(gateway.held().sessions).toBe(200);
    clock.wallOffset = expiresAt - 500 - Date.now();
    const ends = await Promise.all(
      clients.map(async ({ client, record }) => {
        const end = await client.closed;
        return { ...end, early: clock.wall() < record.expiresAt };
      }),
    );
    expect(new Set(ends.map((end) => JSON.stringify(end)))).toEqual(
      new Set([JSON.stringify({ code: 4100, reason: "session_expired", early: false })]),
    );
    const lateness = gateway.logged("session ended").map(({ late_ms }) => Number(late_ms));
    expect(lateness).toHaveLength(200);
    expect(Math.min(...lateness)).toBeGreaterThanOrEqual(0);
    await target.waitForNoConnections();
  });
});

describe("rule 6: the wall clock says when, the monotonic clock how long; whichever comes first ends the session", () => {
  test("a wall clock set forward past the expiry ends a running session, without warnings of what is over", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token } = await gateway.token(target.address, { ttlMs: 3_600_000 });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    clock.wallOffset = 3_700_000;
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
    expect(client.order).toEqual(["hello", "bye", "close"]);
  });

  test("a wall clock set back gives no session more time", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    clock.wallOffset = -3_600_000;
    clock.passed = 60_000;
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
  });

  test("a wall clock set back does not open again what has expired, and a new session has no more time", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    clock.passed = 60_000;
    expect((await client.closed).reason).toBe("session_expired");
    const longer = await gateway.token(target.address, { ttlMs: 600_000 });
    using before = new Client(gateway.host, longer.token);
    await before.message("hello");
    clock.wallOffset = -3_600_000;
    using again = new Client(gateway.host, token);
    expect((await again.closed).reason).toBe("token_expired");
    using after = new Client(gateway.host, longer.token);
    expect((await after.message("hello")).expiresInMs).toBeLessThanOrEqual(600_000);
  });

  test("a session of 60 days opens, has that much time, and is not cut by an overflowing timer", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start();
    const sixtyDays = 60 * 24 * 60 * 60 * 1000;
    const { token } = await gateway.token(target.address, { ttlMs: sixtyDays });
    using client = new Client(gateway.host, token);
    expect((await client.message("hello")).expiresInMs).toBeGreaterThan(sixtyDays - 60_000);
    // An overflowing timer fires after 1 ms, long before this echo and the next are back.
    for (let turn = 1; turn <= 20; turn += 1) {
      client.socket.send(Buffer.from("x"));
      await client.bytes(turn);
    }
    expect(gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 1 });
  });
});

describe("rule 7: one scheduler entry for a session, and none after it", () => {
  test("sizes go back to 0 when the client leaves, and when the deadline comes", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const leaving = await gateway.token(target.address, { ttlMs: 120_000 });
    const expiring = await gateway.token(target.address);
    using one = new Client(gateway.host, leaving.token);
    using other = new Client(gateway.host, expiring.token);
    await Promise.all([one.message("hello"), other.message("hello")]);
    expect(gateway.held()).toEqual({ sessions: 2, closing: 0, deadlines: 2 });
    one.socket.close(1000);
    await one.closed;
    clock.leave(0, expiring.record.expiresAt);
    await other.closed;
    await gateway.proxy.sessions.idle();
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
    expect(gateway.endReasons()).toEqual(["client_closed", "session_expired"]);
  });
});
