import { startByteServer } from "@curfew/testing";
import { describe, expect, test, vi } from "vitest";
import { Client } from "./support/client.ts";
import { clientFrame, closePayload } from "./support/client-frames.ts";
import { TestGateway, type TestGatewayOptions } from "./support/gateway.ts";
import { OPCODE, RawClient, upgradeRequest } from "./support/raw-client.ts";
import { stopwatch } from "./support/waited.ts";

/** A client of a target that floods it, and that has stopped reading, so that output waits for it. */
async function stalledClient(gateway: TestGateway, address: string): Promise<RawClient> {
  const { token } = await gateway.token(address);
  const client = new RawClient(gateway.host);
  client.write(upgradeRequest(`/?token=${token}`, { "Sec-WebSocket-Protocol": "curfew.v1" }));
  await client.status();
  client.socket.pause();
  const connection = gateway.proxy.sessions.list()[0]?.channels[0]?.connection;
  await vi.waitFor(() => expect(connection?.unsentBytes).toBeGreaterThan(0));
  return client;
}

const LEAVE: readonly (readonly [string, (client: RawClient) => void])[] = [
  ["ends its half of the connection without a close frame", (client) => void client.socket.end()],
  ["sends a close frame", (client) => client.write(clientFrame(OPCODE.close, closePayload(1000)))],
  ["sends rubbish", (client) => client.write(Buffer.of(0xff, 0xff))],
];

describe.concurrent("a client with unread output", () => {
  test.each(LEAVE)("that %s is gone soon, and so is its session", async (_how, leave) => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    await using gateway = await TestGateway.start();
    using client = await stalledClient(gateway, target.address);
    leave(client);
    await gateway.proxy.sessions.idle();
    expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  });

  test("counts against the limits until its connection is closed", async ({ expect }) => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const options: TestGatewayOptions = { config: { sessions: { max: 1 } } };
    await using gateway = await TestGateway.start(options);
    using client = await stalledClient(gateway, target.address);
    client.socket.end();
    await expect.poll(() => gateway.endReasons()).toEqual(["connection_lost"]);
    const { token } = await gateway.token(target.address);
    using early = new Client(gateway.host, token);
    expect((await early.closed).reason).toBe("server_busy");
    await gateway.proxy.sessions.idle();
    using late = new Client(gateway.host, token);
    await late.message("hello");
  });
});

describe.concurrent("a refused client", () => {
  test("cannot make the gateway gather what it sends", async () => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/?token=unknown", { "Sec-WebSocket-Protocol": "curfew.v1" }));
    await client.close();
    client.write(clientFrame(OPCODE.text, "{", { final: false }));
    // Invalid text, and a control message that is too long: neither is looked at.
    client.write(clientFrame(OPCODE.continuation, Buffer.alloc(100_000, 0xff), { final: false }));
    client.write(clientFrame(OPCODE.ping, "ping"));
    client.write(clientFrame(OPCODE.continuation, "}"), clientFrame(OPCODE.close, closePayload(1000)));
    await client.ended;
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([OPCODE.text, OPCODE.close]);
    expect(gateway.endReasons()).toEqual(["token_invalid"]);
  });
});

test.concurrent("a client that has left is noticed although its target takes nothing", async ({ expect }) => {
  await using target = await startByteServer({ mode: "sink", faults: [{ type: "stop_reading", at: 0 }] });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  for (let sent = 0; sent < 48; sent += 1) client.socket.send(Buffer.alloc(256 * 1024));
  const connection = gateway.proxy.sessions.list()[0]?.channels[0]?.connection;
  await expect.poll(() => connection?.isPaused).toBe(true);
  const elapsed = stopwatch();
  client.socket.terminate();
  await gateway.proxy.sessions.idle();
  expect(elapsed()).toBeLessThan(20_000);
});
