import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeVnc } from "@curfew/testing";
import { expect, test } from "vitest";
import { byHand, gateway, inPage, misbehaving, others, picture, received, recording } from "./readme-examples.ts";
import { RfbClient } from "./rfb-client.ts";
import { TcpClient } from "./tcp-client.ts";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const EXAMPLES = readFileSync(new URL("./readme-examples.ts", import.meta.url), "utf8");

/** Those for Playwright run in a browser. */
const SPEC = readFileSync(new URL("../../../e2e/tests/testing-readme.spec.ts", import.meta.url), "utf8");

test("every piece of TypeScript in the README is one of the examples that tests run", () => {
  const pieces = Array.from(README.matchAll(/```ts\n(.*?)```/gs), ([, code]) => code!);
  expect(pieces.length).toBe(11);
  const inside = (EXAMPLES + SPEC).replaceAll(/^ {2}/gm, "");
  for (const piece of pieces) expect(SPEC + inside).toContain(piece);
});

test("the console that misbehaves does what the README says", async () => {
  await misbehaving(async (server) => {
    using hanging = await RfbClient.connect(server.port);
    const handshake = hanging.handshake("3.8");
    await server.waitFor("clientInit");
    expect(server.connections[0]!.bytesSent).toBe(18);

    using split = await RfbClient.connect(server.port);
    await split.handshake("3.8");
    expect(split).toMatchObject({ width: 320, height: 240 });

    using reset = await RfbClient.connect(server.port);
    await reset.handshake("3.8");
    reset.requestUpdate(false);
    await expect(reset.readUpdate()).rejects.toThrow("the server ended");
    expect(await server.connections[2]!.closed).toEqual({ by: "server", how: "reset" });
    expect(server.connections[2]!.bytesSent).toBe(1000);

    using expiring = await RfbClient.connect(server.port);
    await expiring.handshake("3.8");
    expect(await server.connections[3]!.closed.then(({ by }) => by)).toBe("server");
    server.connections[0]!.resume();
    await handshake;
  });
});

test("a connection is stalled, resumed and reset by hand", async () => {
  await using server = await startFakeVnc();
  using client = await TcpClient.connect(server.port);
  expect(await byHand(server)).toEqual({ by: "server", how: "reset" });
  // Node 22.21 and 24.9 may send a FIN before the RST.
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isOlder = major < 24 || (major === 24 && minor < 21);
  expect(isOlder ? ["fin", "reset"] : ["reset"]).toContain(await client.ended);
  await expect(TcpClient.connect(server.port)).rejects.toThrow("ECONNREFUSED");
});

test("a page without a network hears what the README's gateway says", async () => {
  const heard: unknown[] = [];
  await inPage(({ webSocket }) => {
    const socket = webSocket("ws://gateway/", ["curfew.v1"]);
    socket.addEventListener("message", ({ data }) =>
      heard.push(typeof data === "string" ? JSON.parse(data) : Buffer.from(data as ArrayBuffer).toString()),
    );
    socket.addEventListener("close", ({ code }) => heard.push(code));
  });
  expect(heard.slice(1)).toEqual(["login: ", { type: "bye", reason: "session_expired" }, 4100]);
});

test("keys and clicks are found in the record", async () => {
  await using server = await startFakeVnc();
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  client.socket.end(Buffer.from("0501000100020401000000000061", "hex"));
  expect(await received(server)).toEqual({
    key: { connection: 0, keysym: 0x61, down: true },
    clicks: [{ connection: 0, x: 1, y: 2, buttons: 1 }],
  });
});

test("the picture's hash is that of the pixels which a client decodes", async () => {
  await picture(async (server, expected) => {
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setEncodings(16);
    client.requestUpdate(false);
    await client.readUpdate();
    const rgba = Buffer.alloc(client.pixels.length * 4);
    for (const [i, value] of client.pixels.entries()) rgba.writeUInt32BE(((value << 8) | 0xff) >>> 0, 4 * i);
    expect(createHash("sha256").update(rgba).digest("hex")).toBe(expected);
  });
});

test("the serial guest and the byte server do what the README says", async () => {
  await others(async ({ guest, source, expected }) => {
    using terminal = await TcpClient.connect(guest);
    terminal.write("root\rsecret\r");
    await terminal.untilText("root@vm-1:~$ ");
    using bytes = await TcpClient.connect(source);
    await bytes.ended;
    expect(createHash("sha256").update(bytes.received).digest("hex")).toBe(expected);
  });
});

test("the fake gateway warns and ends a session", async () => {
  await using server = await startFakeVnc();
  const heard: unknown[] = [];
  const end = await gateway(server, async (url) => {
    const page = new WebSocket(url, ["binary", "curfew.v1"]);
    page.addEventListener("message", ({ data }) => typeof data === "string" && heard.push(JSON.parse(data).type));
    await once(page, "message");
  });
  expect(end).toEqual({ by: "gateway", code: 4005 });
  expect(heard).toEqual(["hello", "expiring", "bye"]);
});

test("a recording shows what was recorded", async () => {
  const folder = await mkdtemp(join(tmpdir(), "curfew-readme-"));
  try {
    await using server = await startFakeVnc();
    const names: string[] = [];
    await recording(server, join(folder, "session.js"), async (address) => {
      using client = await RfbClient.connect(Number(address.split(":")[1]));
      await client.handshake("3.8");
      names.push(client.name);
    });
    expect(names).toEqual(["Curfew fake VNC", "Curfew fake VNC"]);
    expect(server.connections).toHaveLength(1);
  } finally {
    await rm(folder, { recursive: true });
  }
});
