import { SeededBytes } from "@curfew/testing";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { clientFrame } from "../support/client-frames.ts";
import { OPCODE, RawClient, upgradeRequest } from "../support/raw-client.ts";
import { startByteServer } from "../support/targets.ts";

const EXPIRED = { code: 4100, reason: "session_expired" };

describe("rule 4: at the deadline nothing passes any more, the target goes first, then the client is told why", () => {
  test("a client that keeps sending and a target that keeps flooding are cut in both directions", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    const noise = new SeededBytes(7);
    const sending = setInterval(() => client.socket.send(noise.next(1000)), 1);
    const connection = await target.waitForConnection();
    await client.bytes(1);
    await expect.poll(() => connection.bytesReceived).toBeGreaterThan(0);
    clock.leave(0, record.expiresAt);
    await connection.closed;
    const [session] = gateway.logged("session ended");
    const { code, reason } = await client.closed;
    clearInterval(sending);
    expect({ code, reason }).toEqual(EXPIRED);
    // Nothing passed after what the log counted at the cut.
    expect(connection.bytesReceived).toBeLessThanOrEqual(Number(session?.["bytes_to_target"]));
    expect(client.received).toBeLessThanOrEqual(Number(session?.["bytes_to_client"]));
    expect(client.order).toEqual(["hello", "bytes", "bye", "close"]);
  });

  test("the target socket is destroyed before the close frame is sent", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`, { "Sec-WebSocket-Protocol": "curfew.v1" }));
    const order: string[] = [];
    void (await target.waitForConnection()).closed.then(() => order.push("target closed"));
    await client.until(() => client.frames.length > 0);
    clock.leave(0, record.expiresAt);
    await client.until(() => client.frames.some(({ payload }) => payload.includes('"bye"')));
    order.push("bye");
    expect(await client.close()).toEqual(EXPIRED);
    order.push("close frame");
    expect(order).toEqual(["target closed", "bye", "close frame"]);
  });

  test("every session of a mass expiry loses its target before any of them is told", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const expiresAt = Date.now() + 60_000;
    const clients: Client[] = [];
    for (let count = 0; count < 20; count += 1) {
      const { token } = await gateway.token(target.address, { ttlMs: expiresAt - Date.now() });
      const client = new Client(gateway.host, token);
      await client.message("hello");
      clients.push(client);
    }
    clock.wallOffset = 60_000;
    await Promise.race(clients.map(({ closed }) => closed));
    expect(gateway.endReasons().length).toBeGreaterThan(0);
    const ends = await Promise.all(clients.map(({ closed }) => closed));
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["session_expired"]));
    expect(target.openConnections).toBe(0);
  });

  test.concurrent("a client that never completes the closing handshake is destroyed, after 2 s and not before", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start();
    const { token, record } = await gateway.token(target.address, { ttlMs: 200 });
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`));
    await client.close();
    expect(gateway.held()).toEqual({ sessions: 0, closing: 1, deadlines: 0 });
    await client.ended;
    expect(Date.now()).toBeGreaterThanOrEqual(record.expiresAt + 1990);
    await gateway.proxy.sessions.idle();
    expect(gateway.held().closing).toBe(0);
  });

  test.concurrent("input that arrives after the close frame does not reach the target", async ({ expect }) => {
    const received: Buffer[] = [];
    const server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      socket.on("data", (chunk) => received.push(chunk)).on("error", () => {});
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`), clientFrame(OPCODE.binary, "before"));
    await expect.poll(() => received.length).toBeGreaterThan(0);
    clock.leave(0, record.expiresAt);
    await client.close();
    client.write(clientFrame(OPCODE.binary, "after"));
    await client.ended;
    await gateway.proxy.sessions.idle();
    server.close();
    expect(Buffer.concat(received).toString()).toBe("before");
  });

  test("output that a client has not read keeps the reason back by no more than what the kernel holds", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest(`/?token=${token}`, { "Sec-WebSocket-Protocol": "curfew.v1" }));
    await client.status();
    client.socket.pause();
    const connection = await target.waitForConnection();
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.channels[0]?.connection.unsentBytes).toBeGreaterThan(0);
    clock.leave(0, record.expiresAt);
    await connection.closed;
    const [{ bytes_to_client: sent } = {}] = gateway.logged("session ended");
    client.socket.resume();
    expect(await client.close()).toEqual(EXPIRED);
    const bytes = client.frames.filter(({ opcode }) => opcode === OPCODE.binary);
    expect(bytes.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(sent);
    expect(client.frames.slice(-2).map(({ opcode }) => opcode)).toEqual([OPCODE.text, OPCODE.close]);
  });

  test("a client that is held back by its target still gets the reason", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    for (let sent = 0; sent < 48; sent += 1) client.socket.send(Buffer.alloc(256 * 1024));
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.channels[0]?.connection.isPaused).toBe(true);
    clock.leave(0, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    expect(client.order).toEqual(["hello", "bye", "close"]);
  });
});
