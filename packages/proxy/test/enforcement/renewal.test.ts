import { seededHash, startByteServer, startUnacceptingServer } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { type Request, TestGateway } from "../support/gateway.ts";
import { heldSource } from "../support/held-source.ts";

const HOUR_MS = 3_600_000;
const EXPIRED = { code: 4100, reason: "session_expired" };

describe.concurrent("rule 8: warnings come at warn_before, with the time left as a duration", () => {
  test("a curfew.v1 client is warned each time, with less and less left", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, config: { sessions: { warn_before: [60, 120, 7200] } } });
    const { token, record } = await gateway.token(target.address, { ttlMs: HOUR_MS });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    clock.leave(110_000, record.expiresAt);
    await client.message("expiring");
    clock.leave(50_000, record.expiresAt);
    await client.until(() => client.order.length === 3, "the second warning");
    clock.leave(0, record.expiresAt);
    await client.closed;
    expect(client.order).toEqual(["hello", "expiring", "expiring", "bye", "close"]);
    const left = client.messages.flatMap((message) => (message.type === "expiring" ? message.expiresInMs : []));
    expect(left[0]).toBeLessThanOrEqual(110_000);
    expect(left[1]).toBeLessThanOrEqual(50_000);
    expect(client.texts.every((text) => !/"(now|at|expiresAt|date)"/i.test(text))).toBe(true);
  });

  test.each([["binary"], []])(
    "a client with the subprotocols [%s] gets no text frame, only the close code",
    async (...protocols) => {
      await using target = await startByteServer({ mode: "sink" });
      const clock = new SettableClock();
      await using gateway = await TestGateway.start({ clock, config: { sessions: { warn_before: [60] } } });
      const { token, record } = await gateway.token(target.address, { ttlMs: HOUR_MS });
      using client = new Client(gateway.host, token, { protocols });
      await target.waitForConnection();
      clock.leave(900, record.expiresAt);
      expect(await client.closed).toEqual(EXPIRED);
      expect(client.order).toEqual(["close"]);
    },
  );
});

describe.concurrent("rule 9: renew in place moves the deadline and loses nothing, or leaves everything as it was", () => {
  test("the deadline moves to the new token's expiry, and the old one passes unnoticed", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, config: { sessions: { warn_before: [60] } } });
    const [first, second] = await tokens(gateway, target.address, [{ ttlMs: HOUR_MS }, { ttlMs: 2 * HOUR_MS }]);
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    clock.leave(50_000, first.record.expiresAt);
    await client.message("expiring");
    client.control({ type: "renew", id: 5, token: second.token });
    const renewed = await client.message("renewed");
    expect(renewed).toMatchObject({ id: 5, renewable: true });
    expect(renewed.expiresInMs).toBeGreaterThan(first.record.expiresAt - clock.wall());
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(second.record.expiresAt);
    expect(gateway.held().deadlines).toBe(1);
    clock.leave(50_000, second.record.expiresAt);
    await client.until(() => client.order.length === 4, "the warning before the new deadline");
    clock.leave(0, second.record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    expect(client.order).toEqual(["hello", "expiring", "renewed", "expiring", "bye", "close"]);
    expect(gateway.logged("session renewed")).toHaveLength(1);
    expect(gateway.logged("session ended")[0]?.["token_id"]).toBe(second.record.tokenId);
  });

  test("no byte of a stream is lost or changed through renewals", async () => {
    const bytes = 4 * 2 ** 20;
    await using target = await startByteServer({
      mode: "source",
      bytes,
      seed: 3,
      faults: [
        { type: "slow", bytesPerSecond: 8e6 },
        { type: "stall", at: bytes / 2 },
      ],
    });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    for (let id = 1; id <= 5; id += 1) {
      const again = await gateway.token(target.address);
      client.control({ type: "renew", id, token: again.token });
      await client.until(() => client.messages.filter(({ type }) => type === "renewed").length === id, "renewed");
    }
    // It does not end before the last renewal, and may stall only after it.
    const connection = await target.waitForConnection();
    const resuming = setInterval(() => connection.resume(), 10);
    expect((await client.closed).reason).toBe("target_closed");
    clearInterval(resuming);
    expect(client.received).toBe(bytes);
    expect(client.hash).toBe(seededHash(3, bytes));
  });

  test.each<[string, (other: string) => Request & { target?: string }]>([
    ["instance", () => ({ instance: "another" })],
    ["type", () => ({ type: "vnc" })],
    ["target", (other) => ({ target: other })],
  ])("a token for another %s is refused as forbidden, and the deadline does not change", async (_what, change) => {
    await using target = await startByteServer({ mode: "sink" });
    await using other = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const first = await gateway.token(target.address, { instance: "vm-1" });
    const { target: address = target.address, ...request } = change(other.address);
    const second = await gateway.token(address, { instance: "vm-1", ...request });
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "forbidden" });
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(first.record.expiresAt);
    clock.leave(0, first.record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
  });

  test("unknown, revoked and expired tokens are refused with their reason, and the deadline does not change", async ({
    expect,
  }) => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const [first, revoked, expired] = await tokens(gateway, target.address, [{}, {}, { ttlMs: 1 }]);
    await gateway.store.revoke(revoked.record.tokenId);
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    await expect.poll(() => Date.now()).toBeGreaterThan(expired.record.expiresAt);
    for (const [id, token] of ["no such token", revoked.token, expired.token].entries()) {
      client.control({ type: "renew", id, token });
      await client.until(() => client.messages.filter(({ type }) => type === "renew_failed").length > id, "an answer");
    }
    const reasons = client.messages.flatMap((message) => (message.type === "renew_failed" ? message.reason : []));
    expect(reasons).toEqual(["token_invalid", "token_invalid", "token_expired"]);
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(first.record.expiresAt);
    clock.leave(0, first.record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
  });

  test("max_duration caps every renewal, and the answer says that another would not help", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, config: { sessions: { max_duration: 90 } } });
    const [first, second] = await tokens(gateway, target.address, [{ ttlMs: 60_000 }, { ttlMs: HOUR_MS }]);
    using client = new Client(gateway.host, first.token);
    expect((await client.message("hello")).renewable).toBe(true);
    client.control({ type: "renew", id: 1, token: second.token });
    const renewed = await client.message("renewed");
    expect(renewed.renewable).toBe(false);
    expect(renewed.expiresInMs).toBeLessThanOrEqual(90_000);
    const expiresAt = gateway.proxy.sessions.list()[0]?.expiresAt ?? Number.NaN;
    expect(expiresAt).toBeGreaterThan(first.record.expiresAt);
    clock.leave(0, expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
  });

  test("a second renewal while one is under way is refused as server_busy, and the first still counts", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const { source, release } = heldSource(1);
    await using gateway = await TestGateway.start({ source });
    const [first, second] = await tokens(gateway, target.address, [{}, { ttlMs: 120_000 }]);
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    client.control({ type: "renew", id: 2, token: second.token });
    expect(await client.message("renew_failed")).toMatchObject({ id: 2, reason: "server_busy" });
    release();
    expect(await client.message("renewed")).toMatchObject({ id: 1 });
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(second.record.expiresAt);
  });

  test("a renewal whose answer comes after the deadline revives nothing", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const { source, release } = heldSource(1);
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, source });
    const [first, second] = await tokens(gateway, target.address, [{}, { ttlMs: HOUR_MS }]);
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    client.control({ type: "ping", id: 2 });
    await client.message("pong");
    clock.leave(0, first.record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    release();
    await gateway.proxy.sessions.idle();
    expect(client.order).toEqual(["hello", "pong", "bye", "close"]);
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
    expect(gateway.logged("session renewed")).toEqual([]);
  });

  test("a renewal with a token that expires before it is granted is refused, and the old deadline stands", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const audit = {
      name: "audit",
      before: async ({ type }: { readonly type: string }) => {
        if (type !== "renewal_requested") return;
        asked.resolve();
        await answer.promise;
      },
    };
    await using gateway = await TestGateway.start({ clock, observers: [audit] });
    const [first, second] = await tokens(gateway, target.address, [{ ttlMs: 3_600_000 }, { ttlMs: 60_000 }]);
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    await asked.promise;
    clock.wallOffset = 61_000;
    answer.resolve();
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "token_expired" });
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(first.record.expiresAt);
  });

  test("hello is the first message even to a client that asks while its target is being dialed", async ({ expect }) => {
    await using target = await startUnacceptingServer();
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const [first, second] = await tokens(gateway, target.address, [{}, { ttlMs: HOUR_MS }]);
    using client = new Client(gateway.host, first.token);
    client.socket.once("open", () => {
      client.control({ type: "ping", id: 1 });
      client.control({ type: "renew", id: 2, token: second.token });
    });
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    clock.leave(0, first.record.expiresAt);
    await client.closed;
    expect(client.order).toEqual(["bye", "close"]);
  });

  test("what a client asks before hello is answered after it", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => {
      client.control({ type: "ping", id: 1 });
      client.control({ type: "ping", id: 2 });
    });
    await client.until(() => client.messages.length === 3, "both answers");
    expect(client.order).toEqual(["hello", "pong", "pong"]);
  });
});

async function tokens<const Requests extends readonly Request[]>(
  gateway: TestGateway,
  target: string,
  requests: Requests,
): Promise<{ [Index in keyof Requests]: Awaited<ReturnType<TestGateway["token"]>> }> {
  const issued = await Promise.all(requests.map((request) => gateway.token(target, request)));
  return issued as { [Index in keyof Requests]: Awaited<ReturnType<TestGateway["token"]>> };
}
