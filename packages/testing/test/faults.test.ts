import { createCipheriv } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import {
  testPattern,
  seededBytes,
  seededHash,
  startByteServer,
  startFakeSerial,
  startFakeVnc,
  type VncPhase,
} from "@curfew/testing";
import { describe, expect, test, vi } from "vitest";
import { RfbClient } from "./rfb-client.ts";
import { TcpClient } from "./tcp-client.ts";

vi.setConfig({ testTimeout: 30_000 });

const VERSION = "RFB 003.008\n";
const SMALL = { width: 40, height: 30 };

describe("split", () => {
  test("single bytes arrive one by one and still decode to the picture", async () => {
    await using server = await startFakeVnc({ size: SMALL, faults: [{ type: "split", bytes: 1 }] });
    using client = await RfbClient.connect(server.port);
    const lengths: number[] = [];
    client.socket.on("data", (piece: Buffer) => lengths.push(piece.length));
    await client.handshake("3.8");
    client.setEncodings(16);
    client.requestUpdate(false);
    await client.readUpdate();
    const { data } = testPattern(0, SMALL);
    expect(client.pixels.slice(0, 40)).toEqual(
      Uint32Array.from({ length: 40 }, (_, x) => data[4 * x]! * 65_536 + data[4 * x + 1]! * 256 + data[4 * x + 2]!),
    );
    // The machine may join a few; were they written together, there would be a handful of large pieces.
    expect(lengths.filter((length) => length === 1).length).toBeGreaterThan(lengths.length * 0.9);
    expect(lengths.reduce((a, b) => a + b)).toBe(server.connections[0]!.bytesSent);
  });

  test("pieces of another length are written one by one too, and the bytes are the same", async () => {
    await using server = await startByteServer({
      mode: "source",
      bytes: 30_000,
      seed: 7,
      faults: [{ type: "split", bytes: 300 }],
    });
    using client = await TcpClient.connect(server.port);
    expect(await client.ended).toBe("fin");
    expect(client.received).toEqual(seededBytes(7, 30_000));
    expect(client.pieces.filter(({ length }) => length === 300).length).toBeGreaterThan(80);
  });
});

describe("stall", () => {
  const SENT_BEFORE: [VncPhase, number][] = [
    ["version", 0],
    ["security", 12],
    ["auth", 14],
    ["securityResult", 30],
    ["clientInit", 34],
    ["serverInit", 34],
    ["update", 34 + 24 + "Curfew fake VNC".length],
  ];

  test.each(SENT_BEFORE)("in phase %s it sends %i bytes, and the rest after resume()", async (phase, bytes) => {
    await using server = await startFakeVnc({ size: SMALL, password: "x", faults: [{ type: "stall", at: phase }] });
    using client = await RfbClient.connect(server.port);
    const done = (async () => {
      await client.handshake("3.8", (challenge) => vncResponse(challenge));
      client.requestUpdate(false);
      await client.readUpdate();
    })();
    const connection = await server.waitForConnection();
    await expect.poll(() => connection.bytesSent).toBe(bytes);
    // It stays so: the event loop turns, the client has nothing more to send, and nothing comes.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(connection.bytesSent).toBe(bytes);
    expect(server.received("clientInit").length).toBe(phase === "serverInit" || phase === "update" ? 1 : 0);
    connection.resume();
    await done;
    expect(connection.bytesSent).toBeGreaterThan(SMALL.width * SMALL.height * 4);
  });

  test("at byte N exactly N bytes are sent until the time given is over", async () => {
    await using server = await startByteServer({
      mode: "source",
      bytes: 500,
      faults: [{ type: "stall", at: 123, forMs: 300 }],
    });
    using client = await TcpClient.connect(server.port);
    await client.until(({ length }) => length === 123);
    expect(server.connections[0]!.bytesSent).toBe(123);
    expect(await client.ended).toBe("fin");
    expect(client.received).toEqual(seededBytes(1, 500));
  });

  test("on command it holds output back until resume()", async () => {
    await using server = await startByteServer({ mode: "echo" });
    using client = await TcpClient.connect(server.port);
    const connection = await server.waitForConnection();
    connection.stall();
    client.write("held");
    await expect.poll(() => connection.bytesReceived).toBe(4);
    expect(client.text).toBe("");
    connection.resume();
    await client.untilText("held");
  });
});

describe("reset and close", () => {
  test.each([
    ["reset", "reset"],
    ["close", "fin"],
  ] as const)("%s at byte N comes after exactly N bytes", async (type, seen) => {
    await using server = await startByteServer({ mode: "source", faults: [{ type, at: 100 }] });
    using client = await TcpClient.connect(server.port);
    expect(await client.ended).toBe(seen);
    expect(client.received).toEqual(seededBytes(1, 100));
    expect(await server.connections[0]!.closed).toEqual({ by: "server", how: type === "reset" ? "reset" : "end" });
    expect(server.openConnections).toBe(0);
  });

  test.each(["reset", "end"] as const)("%s() on command does the same", async (how) => {
    await using server = await startFakeSerial();
    using client = await TcpClient.connect(server.port);
    await client.untilText("login: ");
    server.connections[0]![how]();
    expect(await client.ended).toBe(how === "reset" ? "reset" : "fin");
    expect(await server.waitFor("close")).toEqual({ connection: 0, by: "server", how });
  });

  test("a reset in a handshake phase leaves the client with what came before", async () => {
    await using server = await startFakeVnc({ faults: [{ type: "reset", at: "security" }] });
    using client = await TcpClient.connect(server.port);
    client.write(VERSION);
    expect(await client.ended).toBe("reset");
    expect(client.text).toBe(VERSION);
  });

  test("after some time it ends by itself, as a console whose access expires", async () => {
    await using server = await startFakeSerial({ faults: [{ type: "close", at: { afterMs: 30 } }] });
    using client = await TcpClient.connect(server.port);
    expect(await client.ended).toBe("fin");
    expect(client.text).toContain("login: ");
  });

  test("the client's own end is told from its reset", async () => {
    await using server = await startByteServer({ mode: "sink" });
    using orderly = await TcpClient.connect(server.port);
    using abrupt = await TcpClient.connect(server.port);
    await server.waitForConnection(1);
    expect(server.openConnections).toBe(2);
    orderly.socket.end();
    abrupt.socket.resetAndDestroy();
    await server.waitForNoConnections();
    const ends = Object.fromEntries(server.received("close").map(({ connection, ...end }) => [connection, end]));
    expect(ends).toEqual({ 0: { by: "client", how: "end" }, 1: { by: "client", how: "reset" } });
  });
});

test("garbage takes the place of the handshake, and nothing follows it", async () => {
  await using server = await startFakeVnc({ faults: [{ type: "garbage", at: "version", seed: 5, bytes: 40 }] });
  using client = await TcpClient.connect(server.port);
  await client.until(({ length }) => length === 40);
  client.write(VERSION);
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(client.received).toEqual(seededBytes(5, 40));
  expect(server.openConnections).toBe(1);
});

test("slow spreads output over time", async () => {
  const started = performance.now();
  await using server = await startByteServer({
    mode: "source",
    bytes: 200,
    faults: [{ type: "slow", bytesPerSecond: 1000 }],
  });
  using client = await TcpClient.connect(server.port);
  await client.ended;
  expect(client.received).toEqual(seededBytes(1, 200));
  // Never faster than asked for; how much slower is the machine's affair.
  expect(performance.now() - started).toBeGreaterThan(150);
});

test("flood sends without end, but no more than the client takes", async () => {
  await using server = await startFakeSerial({ faults: [{ type: "flood", at: "login" }] });
  using client = await TcpClient.connect(server.port);
  await client.until(({ length }) => length > 1_000_000);
  client.socket.pause();
  const connection = server.connections[0]!;
  // The buffers of TCP fill up, and then no byte more is taken.
  let before = -1;
  await expect.poll(() => before === (before = connection.bytesSent), { interval: 200 }).toBe(true);
  client.socket.resume();
  await expect.poll(() => connection.bytesSent).toBeGreaterThan(before);
  client.socket.destroy();
  expect((await connection.closed).by).toBe("client");
});

test("a flood of a VNC server after the handshake is whole updates that were not requested", async () => {
  await using server = await startFakeVnc({ size: SMALL, faults: [{ type: "flood", at: "update" }] });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  client.requestUpdate(true);
  for (let i = 0; i < 20; i++) expect(await client.readUpdate()).toEqual([{ x: 0, y: 0, ...SMALL, encoding: 0 }]);
});

test("stop_reading takes no more input until resume()", async () => {
  await using server = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
  using client = await TcpClient.connect(server.port);
  const connection = await server.waitForConnection();
  const bytes = seededBytes(3, 16 * 2 ** 20);
  // More than TCP buffers, so the write cannot be over.
  let written = false;
  client.socket.write(bytes, () => (written = true));
  let before = -1;
  await expect
    .poll(() => before === (before = client.socket.bytesWritten - client.socket.writableLength), { interval: 100 })
    .toBe(true);
  expect(written).toBe(false);
  expect(connection.bytesReceived).toBeLessThan(2 ** 20);
  connection.resume();
  await expect.poll(() => connection.bytesReceived).toBe(bytes.length);
  expect(connection.receivedHash).toBe(seededHash(3, bytes.length));
});

describe("refuse", () => {
  test("as a fault, connecting fails", async () => {
    await using server = await startFakeVnc({ faults: [{ type: "refuse" }] });
    const [error] = (await once(connect(server.port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  });

  test("on command, connecting fails until accept(), and open connections go on", async () => {
    await using server = await startByteServer({ mode: "echo" });
    using client = await TcpClient.connect(server.port);
    await server.waitForConnection();
    await server.refuse();
    await expect(TcpClient.connect(server.port)).rejects.toThrow("ECONNREFUSED");
    client.write("still here");
    await client.untilText("still here");
    await server.accept();
    using another = await TcpClient.connect(server.port);
    another.write("again");
    await another.untilText("again");
  });

  test.runIf(process.platform === "linux")("its port is kept from programs that take any free one", async () => {
    await using server = await startByteServer({ mode: "sink", faults: [{ type: "refuse" }] });
    const end = `0100007F:${server.port.toString(16).toUpperCase().padStart(4, "0")}`;
    // By a connection from the port to itself.
    await expect.poll(async () => await readFile("/proc/net/tcp", "utf8")).toContain(` ${end} ${end} `);
  });
});

test("faults can differ from connection to connection", async () => {
  await using server = await startFakeSerial({ faults: (n) => (n === 0 ? [{ type: "reset", at: 0 }] : []) });
  using first = await TcpClient.connect(server.port);
  expect(await first.ended).toBe("reset");
  using second = await TcpClient.connect(server.port);
  await second.untilText("login: ");
});

test.each([
  [{ type: "stall", at: "login" }, /stall\.at is "login"; expected a number of bytes, one of the phases version/],
  [{ type: "reset", at: -1 }, /reset\.at is -1; expected an integer of 0 or more/],
  [{ type: "split", bytes: 0 }, /split\.bytes is 0; expected an integer of 1 or more/],
  [{ type: "slow", bytesPerSecond: 0.5 }, /slow\.bytesPerSecond is 0\.5; expected an integer/],
  [{ type: "close", at: { afterMs: Number.NaN } }, /close\.at\.afterMs is NaN/],
])("a wrong fault is refused with its value: %j", (fault, message) => {
  // @ts-expect-error -- the first one has a phase of another server
  expect(() => startFakeVnc({ faults: [fault] })).toThrow(message);
});

/** DES of the challenge with the password "x", from OpenSSL's own triple DES and the reversed bits of 0x78: 0x1e. */
function vncResponse(challenge: Buffer): Buffer {
  const key = Buffer.from("1e00000000000000", "hex");
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}
