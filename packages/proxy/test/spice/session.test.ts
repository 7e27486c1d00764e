import {
  encodeSpiceLink,
  encodeSpiceMessage,
  type FakeSpiceServer,
  SpiceChannelType,
  startFakeSpice,
} from "@curfew/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/schema.ts";
import { createConsoles } from "../../src/consoles/index.ts";
import { Client } from "../support/client.ts";
import { HandClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { SpiceChannel, SpiceViewer } from "../support/spice-client.ts";

const KEY_DOWN = 101;
const KEY_MODIFIERS = 103;
const MOUSE_POSITION = 112;
const ACK = 2;
const PONG = 3;

interface Console extends AsyncDisposable {
  readonly server: FakeSpiceServer;
  readonly gateway: TestGateway;
  readonly token: string;
  readonly tokenId: string;
}

async function start(options: Parameters<typeof TestGateway.start>[0] = {}): Promise<Console> {
  const server = await startFakeSpice();
  const gateway = await TestGateway.start(options);
  const { token, record } = await gateway.token(server.address, { type: "spice" });
  return {
    server,
    gateway,
    token,
    tokenId: record.tokenId,
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await server.close();
    },
  };
}

test("all channels that a client opens with one token are one session", async () => {
  await using spice = await start({ config: { sessions: { max_per_token: 1 } } });
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  expect(viewer.main.number).toBe(1000);
  expect(gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 1 });
  expect(gateway.proxy.sessions.list()[0]?.channels).toHaveLength(3);
  expect(gateway.logged("session opened")).toHaveLength(1);

  viewer.inputs.say(KEY_DOWN, Buffer.from([30, 0, 0, 0]));
  expect((await server.waitFor("message", ({ type }) => type === KEY_DOWN)).body).toEqual(Buffer.from([30, 0, 0, 0]));
  const { received } = viewer.display;
  const display = server.received("channel").find(({ channelType }) => channelType === SpiceChannelType.display);
  await server.connections[display?.connection ?? -1]?.send(104, Buffer.alloc(500));
  await viewer.display.bytes(received + 506);
  // The bytes of all channels are the session's.
  const [session] = gateway.proxy.sessions.list();
  const received3 = viewer.channels.reduce((sum, channel) => sum + channel.received, 0);
  expect(session?.bytes.toClient).toBe(received3);
  expect(session?.bytes.toTarget).toBe(server.connections.reduce((sum, each) => sum + each.bytesReceived, 0));
});

test("at the deadline every channel is closed, with the reason", async () => {
  const clock = new HandClock();
  await using spice = await start({ clock });
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  clock.now += 50_000;
  viewer.inputs.say(KEY_DOWN, Buffer.alloc(4));
  await server.waitFor("message");
  expect(server.openConnections).toBe(3);
  clock.now += 10_000;
  const end = { code: 4100, reason: "session_expired" };
  expect(await viewer.closed()).toEqual([end, end, end]);
  await server.waitForNoConnections();
  await gateway.proxy.sessions.idle();
  expect(gateway.endReasons()).toEqual(["session_expired"]);
  expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
});

test("a revoked token ends every channel, and opens none", async () => {
  await using spice = await start();
  const { server, gateway, token, tokenId } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  expect(await gateway.proxy.revoke(tokenId)).toBe(1);
  const end = { code: 4005, reason: "session_terminated" };
  expect(await viewer.closed()).toEqual([end, end, end]);
  await server.waitForNoConnections();
  using late = new Client(gateway.host, token, { protocols: ["binary"] });
  expect((await late.closed).code).toBe(4102);
});

test("a drain ends every channel", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  await gateway.proxy.drain(0);
  expect((await viewer.closed()).map(({ reason }) => reason)).toEqual(Array(3).fill("server_draining"));
  await server.waitForNoConnections();
});

test("keys and the mouse restart the idle clock of the whole session; what a viewer sends by itself does not", async () => {
  const clock = new HandClock();
  await using spice = await start({ clock, config: { sessions: { idle_timeout: 10 } } });
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const { main, display, inputs } = viewer;
  const say = async (channel: SpiceChannel, type: number): Promise<void> => {
    const heard = server.received("message").length;
    channel.say(type, Buffer.alloc(4));
    await server.waitFor("message", () => server.received("message").length > heard);
  };
  clock.now += 9000;
  await say(inputs, KEY_DOWN);
  clock.now += 9000;
  await say(inputs, MOUSE_POSITION);
  clock.now += 9000;
  expect(gateway.held().sessions).toBe(1);
  for (const channel of [main, display, inputs]) await say(channel, PONG);
  for (const type of [ACK, KEY_MODIFIERS]) await say(inputs, type);
  await say(main, KEY_DOWN);
  clock.now += 1000;
  expect((await viewer.closed()).map(({ reason }) => reason)).toEqual(Array(3).fill("idle_timeout"));
});

test("the end of the main channel is the end of the session", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using left = await SpiceViewer.open(gateway.host, token);
  left.main.socket.close(1000);
  expect(await left.display.closed).toEqual({ code: 1000, reason: "target_closed" });
  await left.inputs.closed;
  await server.waitForNoConnections();

  using cut = await SpiceViewer.open(gateway.host, token);
  const main = server.received("channel").findLast(({ channelType }) => channelType === SpiceChannelType.main);
  server.connections[main?.connection ?? -1]?.end();
  expect(await cut.closed()).toEqual(Array(3).fill({ code: 1000, reason: "target_closed" }));
  await gateway.proxy.sessions.idle();
  expect(gateway.endReasons()).toEqual(["client_closed", "target_closed"]);
});

test("the end of another channel is its own, and the channel can be opened again", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const [session] = gateway.proxy.sessions.list();
  const before = session?.bytes.toClient ?? 0;
  viewer.display.socket.close(1000);
  await viewer.display.closed;
  await expect.poll(() => session?.channels.length).toBe(2);
  expect(session?.bytes.toClient).toBe(before);

  const inputs = server.received("channel").find(({ channelType }) => channelType === SpiceChannelType.inputs);
  server.connections[inputs?.connection ?? -1]?.end();
  expect(await viewer.inputs.closed).toEqual({ code: 1000, reason: "target_closed" });
  using again = await SpiceChannel.open(gateway.host, token, { type: "display", session: viewer.main.number });
  expect(again.received).toBeGreaterThan(0);
  expect(gateway.held().sessions).toBe(1);
  expect(gateway.endReasons()).toEqual([]);
});

test("a second main channel with the token is a session of its own, which the limits decide on", async () => {
  await using spice = await start({ config: { sessions: { max_per_token: 2 } } });
  const { gateway, token } = spice;
  using first = await SpiceViewer.open(gateway.host, token);
  using second = await SpiceViewer.open(gateway.host, token);
  expect(second.main.number).toBe(first.main.number + 1);
  expect(gateway.held().sessions).toBe(2);
  expect(gateway.proxy.sessions.list().map(({ channels }) => channels.length)).toEqual([3, 3]);
  using third = new Client(gateway.host, token, { protocols: ["binary"] });
  third.socket.once("open", () => {
    third.socket.send(encodeSpiceLink({ connectionId: 0, channelType: SpiceChannelType.main, channelId: 0 }));
  });
  expect(await third.closed).toEqual({ code: 4201, reason: "server_busy" });
});

test("a channel joins only a session of its token that the target gave its number", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const session = viewer.main.number;
  const { token: other } = await gateway.token(server.address, { type: "spice" });
  for (const [each, connectionId] of [
    [token, session + 1],
    [token, 0],
    [other, session],
  ] as const) {
    using stranger = new Client(gateway.host, each, { protocols: ["binary"] });
    stranger.socket.once("open", () => {
      stranger.socket.send(encodeSpiceLink({ connectionId, channelType: SpiceChannelType.inputs, channelId: 0 }));
    });
    expect(await stranger.closed).toEqual({ code: 4000, reason: "protocol_error" });
  }
  expect(server.connections).toHaveLength(3);
  expect(gateway.proxy.sessions.list().map(({ channels }) => channels.length)).toEqual([3]);
});

test("a session has at most 32 channels", async () => {
  await using spice = await start();
  const { gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  const cursor = { type: "cursor", session: main.number } as const;
  const channels = await Promise.all(
    Array.from({ length: 31 }, async () => await SpiceChannel.open(gateway.host, token, cursor)),
  );
  using last = new Client(gateway.host, token, { protocols: ["binary"] });
  last.socket.once("open", () => {
    const link = { connectionId: main.number, channelType: SpiceChannelType.cursor, channelId: 0 };
    last.socket.send(encodeSpiceLink(link));
  });
  expect(await last.closed).toEqual({ code: 4201, reason: "server_busy" });
  expect(gateway.proxy.sessions.list()[0]?.channels).toHaveLength(32);
  for (const channel of channels) channel[Symbol.dispose]();
});

test("a link message in pieces is understood, and reaches the target whole", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  const link = encodeSpiceLink({ connectionId: 0, channelType: SpiceChannelType.main, channelId: 7 });
  await new Promise((resolve) => client.socket.once("open", resolve));
  for (const byte of link) client.socket.send(Buffer.of(byte));
  // Together with what follows it.
  client.socket.send(
    Buffer.concat([Buffer.from([1, 0, 0, 0]), Buffer.alloc(128), encodeSpiceMessage(PONG, Buffer.alloc(3))]),
  );
  expect(await server.waitFor("channel")).toMatchObject({ channelId: 7 });
  expect(await server.waitFor("message")).toMatchObject({ type: PONG, body: Buffer.alloc(3) });
});

test.each([
  ["of another protocol", Buffer.from("RFB 003.008\nabcdefgh")],
  ["of another version", withUint32(4, 1)],
  ["that is too long", withUint32(12, 4097)],
  ["that is too short", withUint32(12, 17)],
  ["whose capabilities lie elsewhere", withUint32(16 + 14, 4000)],
])("a link message %s ends the connection before the target is dialed", async (_, bytes) => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  client.socket.once("open", () => client.socket.send(bytes));
  expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
  expect(server.connections).toEqual([]);
});

test("a client that does not say which channel it opens is given up", async () => {
  await using spice = await start({ config: { targets: { connect_timeout: 0.2 } } });
  const { server, gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  client.socket.once("open", () => client.socket.send(Buffer.from("REDQ")));
  expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
  expect(server.connections).toEqual([]);
});

test("the deadline covers the wait for the link message", async () => {
  const clock = new HandClock();
  await using spice = await start({ clock });
  const { gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  await expect.poll(() => gateway.held().deadlines).toBe(1);
  clock.now += 60_000;
  expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
});

test("a channel whose target cannot be reached ends the session", async () => {
  await using spice = await start();
  const { server, gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  await server.refuse();
  using inputs = new Client(gateway.host, token, { protocols: ["binary"] });
  inputs.socket.once("open", () => {
    const link = { connectionId: main.number, channelType: SpiceChannelType.inputs, channelId: 0 };
    inputs.socket.send(encodeSpiceLink(link));
  });
  expect(await inputs.closed).toEqual({ code: 4202, reason: "target_unreachable" });
  expect(await main.closed).toEqual({ code: 4202, reason: "target_unreachable" });
});

test("clients of curfew.v1 are told on every channel, and renew the session on any", async () => {
  await using spice = await start();
  const { gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token, { protocols: ["curfew.v1"] });
  const [session] = gateway.proxy.sessions.list();
  for (const channel of viewer.channels) expect((await channel.message("hello")).session).toBe(session?.id);
  const { token: next } = await gateway.token(spice.server.address, { type: "spice", ttlMs: 300_000 });
  viewer.display.control({ type: "renew", id: 1, token: next });
  expect((await viewer.display.message("renewed")).expiresInMs).toBeGreaterThan(200_000);
  // A channel may be opened with the new token, and with the old one.
  for (const each of [token, next]) {
    using cursor = await SpiceChannel.open(gateway.host, each, { type: "cursor", session: viewer.main.number });
    expect(cursor.received).toBeGreaterThan(0);
  }
  expect(gateway.held().sessions).toBe(1);
});

test("a gateway with several workers refuses it: a channel could reach any of them", async () => {
  const consoles = createConsoles(parseConfig({}).vnc, true, () => {});
  await using spice = await start({ dataPath: { consoles } });
  const { server, gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["curfew.v1"] });
  expect(await client.closed).toEqual({ code: 4003, reason: "forbidden" });
  expect(await client.message("bye")).toMatchObject({ detail: expect.stringContaining("need workers: 1") as string });
  expect(server.connections).toEqual([]);
});

test("view-only access is refused: no filter could enforce it", async () => {
  await using spice = await start();
  const { server, gateway } = spice;
  const { token } = await gateway.token(server.address, { type: "spice", access: "view" });
  using client = new Client(gateway.host, token, { protocols: ["binary"] });
  client.socket.once("open", () => {
    client.socket.send(encodeSpiceLink({ connectionId: 0, channelType: SpiceChannelType.main, channelId: 0 }));
  });
  expect(await client.closed).toEqual({ code: 4003, reason: "forbidden" });
  expect(server.connections).toEqual([]);
});

function withUint32(at: number, value: number): Buffer {
  const link = encodeSpiceLink({ connectionId: 0, channelType: SpiceChannelType.main, channelId: 0 });
  link.writeUInt32LE(value, at);
  return link;
}
