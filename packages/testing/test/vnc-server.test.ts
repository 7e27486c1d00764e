import { createCipheriv } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { testPattern, startFakeVnc } from "@curfew/testing";
import { describe, expect, test, vi } from "vitest";
import { openWithRa2ne } from "./ra2-client.ts";
import { RfbClient } from "./rfb-client.ts";
import { TcpClient } from "./tcp-client.ts";

vi.setConfig({ testTimeout: 30_000 });

const SIZE = { width: 64, height: 48 };
const DESKTOP_SIZE = -223;
const EXTENDED_DESKTOP_SIZE = -308;
const CURSOR = -239;

/** The pixel values that a client with the announced format must hold. */
function expected(n: number, size: { width: number; height: number } = SIZE): Uint32Array {
  const { data } = testPattern(n, size);
  return Uint32Array.from({ length: size.width * size.height }, (_, i) =>
    data.subarray(4 * i, 4 * i + 3).reduce((value, channel) => value * 256 + channel, 0),
  );
}

/** Answers a challenge with DES under this key. */
function respondWith(key: Buffer): (challenge: Buffer) => Buffer {
  return (challenge) => {
    const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([key, key, key]), null).setAutoPadding(false);
    return Buffer.concat([cipher.update(challenge), cipher.final()]);
  };
}

describe("security", () => {
  /** Password "secret12": each byte of the ASCII text with its bits reversed. */
  const KEY = Buffer.from("cea6c64ea62e8c4c", "hex");
  test.each(["3.3", "3.7", "3.8"] as const)("the right password opens RFB %s", async (version) => {
    await using server = await startFakeVnc({ password: "secret12", version, size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake(version, respondWith(KEY));
    expect(client).toMatchObject({ name: "Curfew fake VNC", ...SIZE });
    expect(server.received("auth")).toEqual([{ connection: 0, ok: true }]);
    expect(server.received("clientInit")).toEqual([{ connection: 0, shared: true }]);
  });

  test.each([
    ["3.3", "refused: no reason in this version", 12 + 4 + 16 + 4],
    ["3.7", "refused: no reason in this version", 12 + 2 + 16 + 4],
    ["3.8", "refused: wrong password", 12 + 2 + 16 + 4 + 4 + "wrong password".length],
  ] as const)("a wrong password is refused over RFB %s", async (version, message, bytes) => {
    await using server = await startFakeVnc({ password: "secret13", version });
    using client = await RfbClient.connect(server.port);
    await expect(client.handshake(version, respondWith(KEY))).rejects.toThrow(message);
    expect(server.received("auth")).toEqual([{ connection: 0, ok: false }]);
    expect((await server.connections[0]!.closed).by).toBe("server");
    expect(server.connections[0]!.bytesSent).toBe(bytes);
  });

  test("only the first eight characters of a password count", async () => {
    await using server = await startFakeVnc({ password: "secret12-and-more" });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8", respondWith(KEY));
    expect(server.received("auth")).toEqual([{ connection: 0, ok: true }]);
  });
});

describe("RA2ne", () => {
  test.each([
    ["a name and a password", { username: "ada" }, "ada", 1],
    ["a password alone", {}, "", 2],
  ] as const)("shows its key and asks for %s", async (_case, wanted, username, subtype) => {
    await using server = await startFakeVnc({ security: "ra2ne", password: "secret", ...wanted });
    using client = await RfbClient.connect(server.port);
    const { fingerprint } = server;
    expect(fingerprint).toMatch(/^([0-9a-f]{2}-){7}[0-9a-f]{2}$/);
    expect(await openWithRa2ne(client, username, "secret")).toEqual({ fingerprint, subtype, result: 0 });
    expect(server.received("auth")).toEqual([{ connection: 0, ok: true }]);
  });

  test.each([
    ["name", "eve", "secret"],
    ["password", "ada", "sesame"],
  ])("refuses a wrong %s", async (_case, username, password) => {
    await using server = await startFakeVnc({ security: "ra2ne", username: "ada", password: "secret" });
    using client = await RfbClient.connect(server.port);
    expect(await openWithRa2ne(client, username, password)).toMatchObject({ result: 1 });
    expect((await client.read(4 + 26)).toString("latin1", 4)).toBe("wrong username or password");
    expect(server.received("auth")).toEqual([{ connection: 0, ok: false }]);
  });

  test("ends with a client that was shown another key", async () => {
    await using server = await startFakeVnc({ security: "ra2ne", password: "secret" });
    using client = await RfbClient.connect(server.port);
    await expect(openWithRa2ne(client, "", "secret", { hash: true })).rejects.toThrow("the server ended");
    expect(server.received("problem")).toMatchObject([{ message: "the client saw other keys than were sent" }]);
  });
});

describe("versions", () => {
  test("a client may choose a lower version than is offered", async () => {
    await using server = await startFakeVnc();
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.3");
    expect(server.received("version")).toEqual([{ connection: 0, version: "3.3" }]);
  });

  test.each([
    ["RFB 003.008\n", "the client chose 3.8; at most 3.7 was offered"],
    ["GET / HTTP/1", 'the client sent "GET / HTTP/1"; expected a protocol version'],
  ])("a client that answers %j is a problem, and its connection ends", async (answer, message) => {
    await using server = await startFakeVnc({ version: "3.7" });
    using client = await TcpClient.connect(server.port);
    await client.untilText("RFB 003.007\n");
    client.write(answer);
    expect(await client.ended).toBe("fin");
    expect(await server.waitFor("problem")).toEqual({ connection: 0, message });
  });
});

describe("updates", () => {
  test("a full request is answered at once, an incremental one when something changes", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.requestUpdate(false);
    await client.readUpdate();
    client.requestUpdate(true);
    await server.waitFor("updateRequest", ({ incremental }) => incremental);
    expect(server.received("update").map((update) => update.pattern)).toEqual([0]);
    server.showPattern(5);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(5));
    expect(server.received("update").map((update) => update.pattern)).toEqual([0, 5]);
    client.requestUpdate(false);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(5));
  });

  test("what changed between two requests comes with the second", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(1, 5);
    client.requestUpdate(false);
    await client.readUpdate();
    for (const n of [1, 2, 3]) server.showPattern(n);
    client.requestUpdate(true);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(3));
  });

  test("only the region that was asked for is sent, the rest when it is asked for", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.requestUpdate(false, [8, 4, 20, 10]);
    expect(await client.readUpdate()).toEqual([{ x: 8, y: 4, width: 20, height: 10, encoding: 0 }]);
    client.requestUpdate(true);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(0));
  });

  test("a full request that waits is not replaced by an incremental one behind it", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.requestUpdate(false);
    await client.readUpdate();
    const connection = server.connections[0]!;
    connection.stall();
    for (const incremental of [false, false, true]) {
      client.requestUpdate(incremental);
      const requests = server.received("updateRequest").length;
      await expect.poll(() => server.received("updateRequest").length).toBeGreaterThan(requests);
    }
    connection.resume();
    await client.readUpdate();
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(0));
  });

  test("a moving picture moves by itself", async () => {
    await using server = await startFakeVnc({ size: SIZE, fps: 100 });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(1, 16);
    client.requestUpdate(false);
    for (let i = 0; i < 10; i++) {
      await client.readUpdate();
      client.requestUpdate(true);
    }
    const frames = server.received("update").map((update) => update.pattern);
    expect(frames.at(-1)).toBeGreaterThan(frames[0]!);
  });

  test("two clients each get the whole picture", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using one = await RfbClient.connect(server.port);
    using two = await RfbClient.connect(server.port);
    for (const client of [one, two]) {
      await client.handshake("3.8");
      client.setEncodings(16);
      client.requestUpdate(false);
      await client.readUpdate();
      client.requestUpdate(true);
    }
    server.showPattern(9);
    for (const client of [one, two]) {
      await client.readUpdate();
      expect(client.pixels).toEqual(expected(9));
    }
  });
});

describe("pseudo-encodings", () => {
  test.each([
    ["DesktopSize", DESKTOP_SIZE],
    ["ExtendedDesktopSize", EXTENDED_DESKTOP_SIZE],
  ])("the server's resize reaches a client with %s, and the new picture follows", async (_, encoding) => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(0, encoding);
    client.requestUpdate(false);
    await client.readUpdate();
    if (encoding === EXTENDED_DESKTOP_SIZE) {
      client.requestUpdate(false);
      await client.readUpdate();
    }
    client.requestUpdate(true);
    server.resize(100, 30);
    expect(await client.readUpdate()).toEqual([{ x: 0, y: 0, width: 100, height: 30, encoding }]);
    client.requestUpdate(true);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(0, { width: 100, height: 30 }));
  });

  test("a client that knows nothing of resizing sees the part that fits", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    server.resize(32, 96);
    client.requestUpdate(false);
    await client.readUpdate();
    const shown = expected(0, { width: 32, height: 96 });
    const part = Array.from({ length: 64 * 48 }, (_, i) =>
      i % 64 < 32 ? shown[Math.floor(i / 64) * 32 + (i % 64)]! : 0,
    );
    expect([...client.pixels]).toEqual(part);
  });

  test.each([
    [true, 0, { width: 80, height: 40 }],
    [false, 1, SIZE],
  ])("SetDesktopSize, with resizable %s, is answered with status %i", async (resizable, status, size) => {
    await using server = await startFakeVnc({ size: SIZE, resizable });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(0, EXTENDED_DESKTOP_SIZE);
    client.requestUpdate(true);
    await client.readUpdate();
    client.requestUpdate(true);
    await client.readUpdate();
    client.requestUpdate(true);
    const message = Buffer.alloc(24);
    message.set([251, 0, 0, 80, 0, 40, 1]);
    client.socket.write(message);
    expect(await client.readUpdate()).toEqual([{ x: 1, y: status, ...size, encoding: EXTENDED_DESKTOP_SIZE }]);
    expect(server.received("resizeRequest")).toEqual([{ connection: 0, size: { width: 80, height: 40 } }]);
    expect(server.size).toEqual(size);
  });

  test("the cursor is sent once to a client that draws it itself", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(0, CURSOR);
    client.requestUpdate(false);
    expect((await client.readUpdate()).map(({ encoding }) => encoding)).toEqual([CURSOR, 0]);
    expect(client.cursor).toMatchObject({ width: 8, height: 8 });
    expect(client.cursor?.mask.toString("hex")).toBe("c0e0f0f8fcfefff0");
    client.requestUpdate(false);
    expect((await client.readUpdate()).map(({ encoding }) => encoding)).toEqual([0]);
  });
});

describe("the record", () => {
  test("holds keys, pointer, clipboard, encodings and format as they came", async () => {
    await using server = await startFakeVnc({ size: SIZE });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setFormat(client.format);
    client.setEncodings(16, -239);
    client.socket.write(Buffer.from("04010000000000610400000000000061", "hex"));
    client.socket.write(Buffer.from("0505000a0014", "hex"));
    client.socket.write(Buffer.from("0600000000000003636166e9".slice(0, 22), "hex"));
    const released = await server.waitFor("key", ({ down }) => !down);
    expect(released).toEqual({ connection: 0, keysym: 0x61, down: false });
    await server.connections[0]!.waitFor("clipboard");
    expect(server.received("key")).toEqual([{ connection: 0, keysym: 0x61, down: true }, released]);
    expect(server.received("pointer")).toEqual([{ connection: 0, x: 10, y: 20, buttons: 5 }]);
    expect(server.received("clipboard")).toEqual([{ connection: 0, text: "caf" }]);
    expect(server.received("encodings")).toEqual([{ connection: 0, encodings: [16, -239] }]);
    expect(server.received("pixelFormat")[0]?.format).toMatchObject({ bitsPerPixel: 32, depth: 24, redShift: 16 });
    server.clearReceived();
    expect(server.received("key")).toEqual([]);
  });

  test("waiting in vain says what was waited for and what came instead", async () => {
    await using server = await startFakeVnc();
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    await expect(server.waitFor("clientInit", ({ shared }) => !shared, { timeoutMs: 20 })).rejects.toThrow(
      'no matching "clientInit" event within 20 ms; 1 recorded, the latest: {"connection":0,"shared":true}',
    );
  });

  test("waiting ends when the server closes", async () => {
    const server = await startFakeVnc();
    const waiting = server.waitFor("key");
    await Promise.all([server.close(), expect(waiting).rejects.toThrow("the server was closed")]);
  });

  test("a message that was never offered is a problem, and its connection ends", async () => {
    await using server = await startFakeVnc();
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.socket.write(Uint8Array.of(77));
    const { message } = await server.waitFor("problem");
    expect(message).toBe("the client sent a message of type 77, which was not offered");
    expect((await server.connections[0]!.closed).by).toBe("server");
  });
});

test("bell and clipboard reach the client", async () => {
  await using server = await startFakeVnc({ size: SIZE });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  client.requestUpdate(false);
  await client.readUpdate();
  server.bell();
  server.sendClipboard("café");
  client.requestUpdate(false);
  await client.readUpdate();
  expect(client).toMatchObject({ bells: 1, clipboard: "café" });
  expect(() => server.sendClipboard("5 €")).toThrow('clipboard text has "€"; expected Latin-1 only');
});

test("closing leaves no socket and stops listening", async () => {
  const server = await startFakeVnc({ fps: 50 });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  await server.close();
  expect(server.openConnections).toBe(0);
  const [error] = (await once(connect(server.port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNREFUSED");
  await server.close();
});

test("wrong options are refused with their value", () => {
  // @ts-expect-error -- no such version
  expect(() => startFakeVnc({ version: "3.9" })).toThrow('version is "3.9"; expected one of 3.3, 3.7, 3.8');
  // @ts-expect-error -- no such security type
  expect(() => startFakeVnc({ security: "tls" })).toThrow('security is "tls"; expected one of vnc, ra2ne');
  expect(() => startFakeVnc({ security: "ra2ne" })).toThrow('security is "ra2ne", without a password; expected one');
  expect(() => startFakeVnc({ username: "ada" })).toThrow('username is "ada"; expected none without security "ra2ne"');
  // @ts-expect-error -- no such encoding
  expect(() => startFakeVnc({ encoding: "tight" })).toThrow('encoding is "tight"; expected one of raw,');
  expect(() => startFakeVnc({ fps: -1 })).toThrow("fps is -1; expected a number from 0 to 1000");
  expect(() => startFakeVnc({ port: 70_000 })).toThrow("port is 70000; expected an integer from 0 to 65535");
});
