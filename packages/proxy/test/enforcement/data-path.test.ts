import { startUnacceptingServer } from "@curfew/testing";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { ConsoleDefinition } from "../../src/consoles/console-definition.ts";
import { CONSOLES } from "../../src/consoles/index.ts";
import { ClientMessageType } from "../../src/consoles/rfb/client-message.ts";
import { EndError } from "../../src/end-reason.ts";
import type { Tap } from "../../src/relay/tap.ts";
import type { Stage } from "../../src/targets/stage.ts";
import { Client } from "../support/client.ts";
import { SettableClock } from "../support/clock.ts";
import { TestGateway, type TestGatewayOptions } from "../support/gateway.ts";
import { MessageFilter } from "../support/message-filter.ts";
import { startByteServer, startFakeVnc } from "../support/targets.ts";

const EXPIRED = { code: 4100, reason: "session_expired" };
const RFB_HANDSHAKE = Buffer.from("RFB 003.008\n\x01\x01");
const POINTER = Buffer.from([5, 1, 0, 9, 0, 9]);
const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);

function consoles(changes: Partial<ConsoleDefinition>): NonNullable<TestGatewayOptions["dataPath"]> {
  return {
    consoles: { ...CONSOLES, vnc: { ...CONSOLES.vnc, ...changes }, serial: { ...CONSOLES.serial, ...changes } },
  };
}

function gatewayWithTap(take: Tap["take"]): {
  readonly start: () => Promise<TestGateway>;
  readonly clock: SettableClock;
  readonly ends: () => number;
} {
  let ends = 0;
  const clock = new SettableClock();
  const createTaps = (): Tap[] => [{ take, end: () => void (ends += 1) }];
  return { start: async () => await TestGateway.start({ clock, dataPath: { createTaps } }), clock, ends: () => ends };
}

describe("rule 14: nothing fails open", () => {
  test("a view-only grant opens nothing where view only cannot be enforced, and dials nothing", async () => {
    await using target = await startByteServer({ mode: "sink" });
    let taps = 0;
    const createTaps = (): Tap[] => {
      taps += 1;
      return [];
    };
    const { createFilter: _, ...without } = CONSOLES.serial;
    const dataPath = { createTaps, consoles: { ...CONSOLES, serial: without } };
    await using gateway = await TestGateway.start({ dataPath });
    const { token } = await gateway.token(target.address, { access: "view" });
    using client = new Client(gateway.host, token);
    expect(await client.closed).toEqual({ code: 4003, reason: "forbidden" });
    expect([target.connections.length, taps]).toEqual([0, 0]);
  });
});

describe("stages between dial and relay", () => {
  const waitForLine: Stage = async (target) => {
    for (let line = ""; !line.endsWith("\n");) line += (await target.read(1)).toString();
    target.write("ok\n");
  };

  test("a client's bytes wait until the last one is done, and the target's next ones come first", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const { promise: go, resolve: release } = Promise.withResolvers<void>();
    const greet: Stage = async (stage) => {
      stage.write("line\nrest ");
      await waitForLine(stage);
      await go;
    };
    await using gateway = await TestGateway.start({ dataPath: consoles({ handshake: [greet] }) });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.from("typed")));
    const connection = await target.waitForConnection();
    await expect.poll(() => connection.bytesReceived).toBe("line\nrest ok\n".length);
    expect(gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    expect(client.order).toEqual([]);
    release();
    await client.bytes("rest ok\ntyped".length);
    expect(Buffer.concat(client.head).toString()).toBe("rest ok\ntyped");
    expect(client.order).toEqual(["hello", "bytes"]);
    expect(gateway.proxy.sessions.bytes()).toEqual({ toClient: 13, toTarget: 5 });
  });

  test("at the deadline in one of them the target is destroyed and nothing passes", async () => {
    await using target = await startByteServer({ mode: "source", faults: [{ type: "stall", at: 3 }] });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, dataPath: consoles({ handshake: [waitForLine] }) });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.from("typed")));
    await target.waitForConnection();
    clock.leave(0, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    expect(client.order).toEqual(["bye", "close"]);
    await target.waitForNoConnections();
    expect(target.connections[0]?.bytesReceived).toBe(0);
    await gateway.proxy.sessions.idle();
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test("one that is done once the session has ended opens nothing", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const waiting: (() => void)[] = [];
    const stage: Stage = async () => await new Promise<void>((resolve) => waiting.push(resolve));
    await using gateway = await TestGateway.start({ dataPath: consoles({ handshake: [stage] }) });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.from("typed")));
    await expect.poll(() => waiting.length).toBe(1);
    gateway.proxy.sessions.endAll("session_terminated", "test");
    waiting[0]?.();
    expect((await client.closed).reason).toBe("session_terminated");
    await target.waitForNoConnections();
    expect(target.connections[0]?.bytesReceived).toBe(0);
    expect(client.order).toEqual(["bye", "close"]);
  });

  test("a target that does not get through them in time ends the session as target_timeout", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({
      config: { targets: { connect_timeout: 0.2 } },
      dataPath: consoles({ handshake: [waitForLine] }),
    });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect((await client.closed).reason).toBe("target_timeout");
    await target.waitForNoConnections();
  });

  test.each([
    [new EndError("forbidden", "not this one"), "forbidden"],
    [new TypeError("a fault in a stage"), "internal_error"],
  ])("one that throws %s ends the session as %s", async (failure, reason) => {
    await using target = await startByteServer({ mode: "sink" });
    const stage: Stage = () => Promise.reject(failure);
    await using gateway = await TestGateway.start({ dataPath: consoles({ handshake: [stage] }) });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect((await client.closed).reason).toBe(reason);
    await target.waitForNoConnections();
  });
});

describe("a filter on the client's bytes", () => {
  const createFilter = (): MessageFilter =>
    new MessageFilter((message) => (message[0] === ClientMessageType.pointerEvent ? undefined : message));

  test("drops pointer events and passes keys to a VNC server", async () => {
    await using target = await startFakeVnc();
    await using gateway = await TestGateway.start({ dataPath: consoles({ createFilter }) });
    const { token } = await gateway.token(target.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.socket.send(Buffer.concat([RFB_HANDSHAKE, POINTER, KEY, POINTER]));
    await target.waitFor("key");
    expect(target.received("pointer")).toEqual([]);
    expect(gateway.proxy.sessions.bytes().toTarget).toBe(RFB_HANDSHAKE.length + KEY.length);
  });

  test("judges bytes that come while the target is being dialed, too", async () => {
    await using target = await startFakeVnc();
    await using gateway = await TestGateway.start({ dataPath: consoles({ createFilter }) });
    const { token } = await gateway.token(target.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    client.socket.once("open", () => client.socket.send(Buffer.concat([RFB_HANDSHAKE, POINTER, KEY])));
    await target.waitFor("key");
    expect(target.received("pointer")).toEqual([]);
  });

  test("ends the session for what it cannot parse", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ dataPath: consoles({ createFilter }) });
    const { token } = await gateway.token(target.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.socket.send(Buffer.concat([RFB_HANDSHAKE, Buffer.from([77])]));
    client.socket.send(KEY);
    expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
    await target.waitForNoConnections();
    expect(target.connections[0]?.bytesReceived).toBe(0);
  });

  test("keeps the start of a message at the deadline", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    await using gateway = await TestGateway.start({ clock, dataPath: consoles({ createFilter }) });
    const { token, record } = await gateway.token(target.address, { type: "vnc" });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.socket.send(Buffer.concat([RFB_HANDSHAKE, KEY.subarray(0, 7)]));
    const connection = await target.waitForConnection();
    await expect.poll(() => connection.bytesReceived).toBe(RFB_HANDSHAKE.length);
    clock.leave(0, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    await target.waitForNoConnections();
    expect(target.connections[0]?.bytesReceived).toBe(RFB_HANDSHAKE.length);
  });
});

describe("a tap on the target's bytes", () => {
  test("that stalls holds the target back, does not hold up the deadline, and is told of the end", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    let taken = 0;
    const { start, clock, ends } = gatewayWithTap((bytes) => {
      taken += bytes.length;
      return new Promise(() => {});
    });
    await using gateway = await start();
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await expect.poll(() => taken).toBeGreaterThan(0);
    clock.leave(0, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    expect(client.received).toBe(taken);
    expect(taken).toBeLessThanOrEqual(64 * 1024);
    expect(ends()).toBe(1);
    await target.waitForNoConnections();
  });

  test("that throws ends the session, without the bytes on which it did", async () => {
    await using target = await startByteServer({ mode: "source", bytes: 100 });
    const { start, ends } = gatewayWithTap(() => {
      throw new Error("the disk is full");
    });
    await using gateway = await start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect(await client.closed).toEqual({ code: 4299, reason: "internal_error" });
    expect(client.received).toBe(0);
    expect(ends()).toBe(1);
    expect(JSON.stringify(gateway.logged("session ended"))).toContain("the disk is full");
    await target.waitForNoConnections();
  });

  test("that fails as the deadline comes changes nothing about the reason", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const { promise, reject } = Promise.withResolvers<void>();
    const { start, clock, ends } = gatewayWithTap(() => promise);
    await using gateway = await start();
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.bytes(1);
    clock.leave(0, record.expiresAt);
    expect(await client.closed).toEqual(EXPIRED);
    reject(new Error("too late"));
    await gateway.proxy.sessions.idle();
    expect(gateway.endReasons()).toEqual(["session_expired"]);
    expect(ends()).toBe(1);
  });

  test("is told of the end of a session whose target never accepted", async () => {
    await using target = await startUnacceptingServer();
    const { start, clock, ends } = gatewayWithTap(() => undefined);
    await using gateway = await start();
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    clock.leave(0, record.expiresAt);
    await client.closed;
    expect(ends()).toBe(1);
  });

  test("sees what the client gets, in order and complete", async () => {
    await using target = await startByteServer({ mode: "source", bytes: 2 ** 20, seed: 5 });
    const seen: Buffer[] = [];
    const { start } = gatewayWithTap((bytes) => {
      seen.push(Buffer.from(bytes));
      return seen.length % 3 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
    });
    await using gateway = await start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    expect((await client.closed).reason).toBe("target_closed");
    expect(client.received).toBe(2 ** 20);
    expect(Buffer.concat(seen)).toHaveLength(2 ** 20);
    expect(createHash("sha256").update(Buffer.concat(seen)).digest("hex")).toBe(client.hash);
  });
});
