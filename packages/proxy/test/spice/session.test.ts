import { SpiceChannelType } from "@curfew/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../../src/config/schema.ts";
import { createConsoles } from "../../src/consoles/index.ts";
import { Client } from "../support/client.ts";
import { HandClock } from "../support/clock.ts";
import { linkMessage, sayFirst, SpiceChannel, SpiceViewer } from "../support/spice-client.ts";
import { startSpiceConsole } from "../support/spice-console.ts";

const KEY_DOWN = 101;
const KEY_MODIFIERS = 103;
const MOUSE_POSITION = 112;
const AGENT_DATA = 107;
const ACK = 2;
const PONG = 3;

test("all channels that a client opens with one token are one session", async () => {
  await using spice = await startSpiceConsole({ config: { sessions: { max_per_token: 1 } } });
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
  const toClient = (): number => viewer.channels.reduce((sum, channel) => sum + channel.received, 0);
  await expect.poll(toClient).toBe(session?.bytes.toClient);
  const toTarget = (): number => server.connections.reduce((sum, each) => sum + each.bytesReceived, 0);
  await expect.poll(toTarget).toBe(session?.bytes.toTarget);
});

test("at the deadline every channel is closed, with the reason", async () => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock });
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

test("a channel that joins has the deadline of its session, not one of its own", async () => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock, config: { sessions: { max_duration: 30 } } });
  const { gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  clock.now += 20_000;
  using display = await SpiceChannel.open(gateway.host, token, { type: "display", session: main.number });
  expect(gateway.held().deadlines).toBe(1);
  clock.now += 10_000;
  for (const channel of [main, display]) {
    expect(await channel.closed).toEqual({ code: 4100, reason: "session_expired" });
  }
});

test.each(["deadline", "operator"])("after the end by the %s no channel joins the session", async (by) => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock, config: { sessions: { max_duration: 30 } } });
  const { server, gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  clock.now += 1000;
  using waiting = sayFirst(gateway.host, token);
  await expect.poll(() => gateway.held().deadlines).toBe(2);
  await expect.poll(() => waiting.socket.readyState).toBe(WebSocket.OPEN);
  const inputs = linkMessage({ type: "inputs", session: main.number });
  if (by === "deadline") clock.now += 29_000;
  else gateway.proxy.sessions.list()[0]?.end("session_terminated");
  // At once, and not only when the gateway has noticed.
  waiting.socket.send(inputs);
  expect(await waiting.closed).toEqual({ code: 4000, reason: "protocol_error" });
  await main.closed;
  using late = sayFirst(gateway.host, token, inputs);
  expect(await late.closed).toEqual({ code: 4000, reason: "protocol_error" });
  expect(server.connections).toHaveLength(1);
  await gateway.proxy.sessions.idle();
});

test("a revoked token ends every channel, and opens none", async () => {
  await using spice = await startSpiceConsole();
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
  await using spice = await startSpiceConsole();
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  await gateway.proxy.drain(0);
  expect((await viewer.closed()).map(({ reason }) => reason)).toEqual(Array(3).fill("server_draining"));
  await server.waitForNoConnections();
});

test("keys and the mouse restart the idle clock of the whole session; what a viewer sends by itself does not", async () => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock, config: { sessions: { idle_timeout: 10 } } });
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  using silent = await SpiceChannel.open(gateway.host, token);
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
  // Its end shows that the gateway has looked at the clock.
  expect((await silent.closed).reason).toBe("idle_timeout");
  clock.now += 9000;
  expect(gateway.held().sessions).toBe(1);
  for (const channel of [main, display, inputs]) await say(channel, PONG);
  for (const type of [ACK, KEY_MODIFIERS]) await say(inputs, type);
  await say(main, KEY_DOWN);
  clock.now += 1000;
  expect((await viewer.closed()).map(({ reason }) => reason)).toEqual(Array(3).fill("idle_timeout"));
});

test("the end of the main channel is the end of the session", async () => {
  await using spice = await startSpiceConsole();
  const { server, gateway, token } = spice;
  using left = await SpiceViewer.open(gateway.host, token);
  left.main.socket.close(1000);
  expect(await left.display.closed).toEqual({ code: 1000, reason: "target_closed" });
  await left.inputs.closed;
  await server.waitForNoConnections();

  using cut = await SpiceViewer.open(gateway.host, token);
  const main = server.received("channel").findLast(({ channelType }) => channelType === SpiceChannelType.main);
  server.connections[main?.connection ?? -1]?.end();
  const end = { code: 1000, reason: "target_closed" };
  expect(await cut.closed()).toEqual([end, end, end]);
  await gateway.proxy.sessions.idle();
  expect(gateway.endReasons()).toEqual(["client_closed", "target_closed"]);
});

test("the end of another channel is its own, and the channel can be opened again", async () => {
  await using spice = await startSpiceConsole();
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
  await using spice = await startSpiceConsole({ config: { sessions: { max_per_token: 2 } } });
  const { gateway, token } = spice;
  using first = await SpiceViewer.open(gateway.host, token);
  using second = await SpiceViewer.open(gateway.host, token);
  expect(second.main.number).toBe(first.main.number + 1);
  expect(gateway.held().sessions).toBe(2);
  expect(gateway.proxy.sessions.list().map(({ channels }) => channels.length)).toEqual([3, 3]);
  using third = sayFirst(gateway.host, token, linkMessage({}));
  expect(await third.closed).toEqual({ code: 4201, reason: "server_busy" });
});

test("a channel joins only a session of its token that the target gave its number", async () => {
  await using spice = await startSpiceConsole();
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const session = viewer.main.number;
  const { token: other } = await gateway.token(server.address, { type: "spice" });
  for (const [each, connectionId] of [
    [token, session + 1],
    [token, 0],
    [other, session],
  ] as const) {
    using stranger = sayFirst(gateway.host, each, linkMessage({ type: "inputs", session: connectionId }));
    expect(await stranger.closed).toEqual({ code: 4000, reason: "protocol_error" });
  }
  expect(server.connections).toHaveLength(3);
  expect(gateway.proxy.sessions.list().map(({ channels }) => channels.length)).toEqual([3]);
});

test("a session has at most 32 channels", async () => {
  await using spice = await startSpiceConsole();
  const { gateway, token } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  const cursor = { type: "cursor", session: main.number } as const;
  const channels = await Promise.all(
    Array.from({ length: 31 }, async () => await SpiceChannel.open(gateway.host, token, cursor)),
  );
  using last = sayFirst(gateway.host, token, linkMessage(cursor));
  expect(await last.closed).toEqual({ code: 4201, reason: "server_busy" });
  expect(gateway.proxy.sessions.list()[0]?.channels).toHaveLength(32);
  for (const channel of channels) channel[Symbol.dispose]();
});

test("clients of curfew.v1 are told on every channel, and renew the session on any", async () => {
  await using spice = await startSpiceConsole();
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
  await using spice = await startSpiceConsole({ dataPath: { consoles } });
  const { server, gateway, token } = spice;
  using client = new Client(gateway.host, token, { protocols: ["curfew.v1"] });
  expect(await client.closed).toEqual({ code: 4003, reason: "forbidden" });
  expect(await client.message("bye")).toMatchObject({ detail: expect.stringContaining("need workers: 1") as string });
  expect(server.connections).toEqual([]);
});

test("taps see what a client says first once", async () => {
  const seen: Buffer[] = [];
  const tap = {
    take: () => undefined,
    takeFromClient: (bytes: Buffer) => void seen.push(Buffer.from(bytes)),
    end() {},
  };
  await using spice = await startSpiceConsole({ dataPath: { createTaps: () => [tap] } });
  using main = await SpiceChannel.open(spice.gateway.host, spice.token);
  expect(main.number).toBe(1000);
  const [connection] = spice.server.connections;
  expect(Buffer.concat(seen)).toHaveLength(connection?.bytesReceived ?? 0);
  expect(seen[0]).toEqual(linkMessage({}));
});

test("with view-only access the picture comes, and no input reaches the server on any channel", async () => {
  await using spice = await startSpiceConsole();
  const { server, gateway } = spice;
  const { token } = await gateway.token(server.address, { type: "spice", access: "view" });
  using viewer = await SpiceViewer.open(gateway.host, token);
  viewer.inputs.say(KEY_DOWN, Buffer.from([30, 0, 0, 0]));
  viewer.inputs.say(KEY_MODIFIERS, Buffer.alloc(2));
  viewer.inputs.say(MOUSE_POSITION, Buffer.alloc(11));
  viewer.main.say(AGENT_DATA, Buffer.alloc(300));
  for (const channel of viewer.channels) channel.say(PONG, Buffer.alloc(12));
  await expect.poll(() => server.received("message").filter(({ type }) => type === PONG)).toHaveLength(3);
  expect(server.received("message").filter(({ type }) => type !== PONG)).toEqual([]);
  const { received } = viewer.display;
  const display = server.received("channel").find(({ channelType }) => channelType === SpiceChannelType.display);
  await server.connections[display?.connection ?? -1]?.send(104, Buffer.alloc(500));
  await viewer.display.bytes(received + 506);
});
