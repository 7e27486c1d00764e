import { startUnacceptingServer, type VncPhase } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { RawClient, upgradeRequest } from "../support/raw-client.ts";
import { startByteServer, startFakeVnc } from "../support/targets.ts";

/** How long a token lives, in milliseconds, until the test sets the clock near to its expiry. */
const LONG_MS = 3_600_000;

const EXPIRED = { code: 4100, reason: "session_expired" };

describe("rule 3: the deadline is armed before the target is dialed and covers every phase", () => {
  test("dialing: a target that never accepts does not hold the session beyond its deadline", async () => {
    await using target = await startUnacceptingServer();
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { ttlMs: LONG_MS });
    using client = new Client(gateway.host, token);
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    expect(gateway.held().deadlines).toBe(1);
    clock.leave(100, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    expect(clock.wall()).toBeGreaterThanOrEqual(record.expiresAt);
    expect(client.order).toEqual(["bye", "close"]);
    await gateway.proxy.sessions.idle();
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test.concurrent.each<VncPhase>([
    "version",
    "security",
    "auth",
    "securityResult",
    "clientInit",
    "serverInit",
    "update",
  ])("a VNC handshake that stalls before %s is cut at the deadline", async (phase) => {
    const password = phase === "auth" ? { password: "secret" } : {};
    await using target = await startFakeVnc({ ...password, faults: [{ type: "stall", at: phase }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { type: "vnc", ttlMs: LONG_MS });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    await speakRfbUntil(client, phase);
    clock.leave(100, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    await target.waitForNoConnections();
  });

  test.concurrent("a client that stops after the upgrade is cut at the deadline", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { ttlMs: LONG_MS });
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`));
    await target.waitForConnection();
    clock.leave(100, record.expiresAt);
    expect(await client.close()).toEqual(EXPIRED);
    await target.waitForNoConnections();
  });

  test("a client that does not read while the target floods it is cut at the deadline", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { ttlMs: LONG_MS });
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`));
    await client.status();
    client.socket.pause();
    const connection = await target.waitForConnection();
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.channels[0]?.connection.unsentBytes).toBeGreaterThan(0);
    clock.leave(100, record.expiresAt);
    await connection.closed;
    expect(clock.wall()).toBeGreaterThanOrEqual(record.expiresAt);
    expect(gateway.endReasons()).toEqual(["session_expired"]);
    await gateway.proxy.sessions.idle();
  });

  test("a target that does not read while the client floods it is cut at the deadline", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address, { ttlMs: LONG_MS });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    const block = Buffer.alloc(256 * 1024);
    for (let sent = 0; sent < 64; sent += 1) client.socket.send(block);
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.channels[0]?.connection.isPaused).toBe(true);
    clock.leave(100, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
  });

  test("no warning comes before hello, while the target is still being dialed", async () => {
    await using target = await startUnacceptingServer();
    await using gateway = await TestGateway.start({ config: { sessions: { warn_before: [0.3, 0.2] } } });
    const { token } = await gateway.token(target.address, { ttlMs: 500 });
    using client = new Client(gateway.host, token);
    await client.closed;
    expect(client.order).toEqual(["bye", "close"]);
  });
});

/** Says what an RFB 3.8 client says, until the server should stall. */
async function speakRfbUntil(client: Client, phase: VncPhase): Promise<void> {
  const says: readonly [VncPhase, number, Buffer][] = [
    ["version", 12, Buffer.from("RFB 003.008\n")],
    ["security", 14, Buffer.from([phase === "auth" ? 2 : 1])],
    ["auth", 14, Buffer.alloc(0)],
    ["securityResult", 18, Buffer.from([1])],
    ["clientInit", 18, Buffer.alloc(0)],
    ["serverInit", 18 + 24, Buffer.from([3, 0, 0, 0, 0, 0, 0, 9, 0, 9])],
  ];
  for (const [at, bytes, answer] of says) {
    if (at === phase) return;
    await client.bytes(bytes);
    client.socket.send(answer);
  }
}
