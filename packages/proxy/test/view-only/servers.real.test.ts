import { startQemuVnc, startTigerVnc } from "@curfew/testing/real";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";

const VERSION = Buffer.from("RFB 003.008\n");
const NONE = Buffer.of(1);
/** To share the console. */
const CLIENT_INIT = Buffer.of(1);
/** Up to the length of the name in ServerInit. */
const BEFORE_NAME = VERSION.length + 2 + 4 + 24;
const ENTER = 0xff0d;

function key(keysym: number): Buffer {
  const events = Buffer.alloc(16);
  for (const [at, isDown] of [
    [0, 1],
    [8, 0],
  ] as const) {
    events.writeUInt8(4, at);
    events.writeUInt8(isDown, at + 1);
    events.writeUInt32BE(keysym, at + 4);
  }
  return events;
}

const typing = (line: string): Buffer =>
  Buffer.concat([...Array.from(line, (letter) => key(letter.charCodeAt(0))), key(ENTER)]);

/** A viewer, up to ServerInit. */
async function open(gateway: TestGateway, address: string, access: "control" | "view"): Promise<Client> {
  const { token } = await gateway.token(address, { type: "vnc", access });
  const client = new Client(gateway.host, token, { protocols: ["binary"] });
  await client.bytes(VERSION.length);
  client.socket.send(VERSION);
  await client.bytes(VERSION.length + 2);
  client.socket.send(NONE);
  client.socket.send(CLIENT_INIT);
  await client.bytes(BEFORE_NAME);
  return client;
}

describe.each([
  ["TigerVNC", () => startTigerVnc({ width: 640, height: 400 })],
  ["QEMU", () => startQemuVnc()],
])("with view-only access to %s", (_name, start) => {
  test("the picture comes, and no key arrives, however the messages are cut", async () => {
    await using server = await start();
    await using gateway = await TestGateway.start();
    using viewer = await open(gateway, `${server.host}:${server.port}`, "view");
    const line = typing("looked");
    for (const size of [1, 3, 7, 8, 9, line.length]) {
      for (let at = 0; at < line.length; at += size) viewer.socket.send(line.subarray(at, at + size));
    }
    // All that was sent before is judged once the picture comes.
    const { received } = viewer;
    viewer.socket.send(Buffer.from([3, 0, 0, 0, 0, 0, 0, 8, 0, 8]));
    await viewer.bytes(received + 16);

    const { token } = await gateway.token(`${server.host}:${server.port}`, { type: "vnc", access: "view" });
    using early = new Client(gateway.host, token, { protocols: ["binary"] });
    await early.bytes(VERSION.length);
    early.socket.send(Buffer.concat([VERSION, NONE, CLIENT_INIT, line]));
    await early.bytes(BEFORE_NAME);

    using user = await open(gateway, `${server.host}:${server.port}`, "control");
    user.socket.send(typing("typed"));
    // What is typed first, right behind the line that says that the keyboard is read.
    expect(await server.typed(/ready\s+\S+\s/, 60_000)).toMatch(/ready\s+typed\s/);
  });
});
