import { encodeSpiceLink, encodeSpiceMessage, SpiceChannelType } from "@curfew/testing";
import { once } from "node:events";
import { expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { HandClock } from "../support/clock.ts";
import { linkMessage, sayFirst, SpiceChannel, SpiceViewer } from "../support/spice-client.ts";
import { startSpiceConsole } from "../support/spice-console.ts";

const PONG = 3;

test("a link message in pieces is understood, and reaches the target whole", async () => {
  await using spice = await startSpiceConsole();
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
  ["with another beginning", withUint32(0, 0)],
  ["of another version", withUint32(4, 1)],
  ["that is too long", withUint32(12, 4097)],
  ["that is too short", withUint32(12, 17)],
  ["whose capabilities lie elsewhere", withUint32(16 + 14, 4000)],
])("a link message %s ends the connection before the target is dialed", async (_, bytes) => {
  await using spice = await startSpiceConsole();
  const { server, gateway, token } = spice;
  using client = sayFirst(gateway.host, token, bytes);
  expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
  // And not only after the time that the client has for it.
  expect(gateway.logged("session ended")).toMatchObject([{ detail: expect.stringContaining("malformed") as string }]);
  expect(server.connections).toEqual([]);
});

test("a client that does not say which channel it opens is given up", async () => {
  await using spice = await startSpiceConsole({ config: { targets: { connect_timeout: 0.2 } } });
  const { server, gateway, token } = spice;
  using client = sayFirst(gateway.host, token, Buffer.from("REDQ"));
  expect(await client.closed).toEqual({ code: 4000, reason: "protocol_error" });
  expect(server.connections).toEqual([]);
});

test("the deadline covers the wait for the link message", async () => {
  const clock = new HandClock();
  await using spice = await startSpiceConsole({ clock });
  const { gateway, token } = spice;
  using client = sayFirst(gateway.host, token);
  await expect.poll(() => gateway.held().deadlines).toBe(1);
  clock.now += 60_000;
  expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
});

test("a token that is revoked during that wait opens nothing", async () => {
  await using spice = await startSpiceConsole();
  const { server, gateway, token, tokenId } = spice;
  using main = await SpiceChannel.open(gateway.host, token);
  using client = sayFirst(gateway.host, token);
  await expect.poll(() => gateway.held().sessions).toBe(2);
  await expect.poll(() => client.socket.readyState).toBe(WebSocket.OPEN);
  await gateway.proxy.revoke(tokenId);
  client.socket.send(linkMessage({ type: "inputs", session: main.number }));
  expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });
  expect(server.connections).toHaveLength(1);
});

test("clients that do not say which channel they open give way, as those without a token do", async () => {
  const connections = { max_unauthenticated: 8, max_unauthenticated_per_client: 2 };
  await using spice = await startSpiceConsole({ config: { connections } });
  const { server, gateway, token } = spice;
  using viewer = await SpiceViewer.open(gateway.host, token);
  const silent: Client[] = [];
  for (let count = 0; count < 4; count += 1) {
    const client = sayFirst(gateway.host, token);
    await once(client.socket, "open");
    silent.push(client);
  }
  const [first, second, ...others] = silent;
  expect((await first?.closed)?.code).toBe(1006);
  expect((await second?.closed)?.code).toBe(1006);
  await expect.poll(() => gateway.held().sessions).toBe(3);
  expect(server.connections).toHaveLength(3);
  for (const { socket } of [...viewer.channels, ...others]) expect(socket.readyState).toBe(socket.OPEN);
  for (const client of silent) client[Symbol.dispose]();
});

function withUint32(at: number, value: number): Buffer {
  const link = linkMessage({});
  link.writeUInt32LE(value, at);
  return link;
}
