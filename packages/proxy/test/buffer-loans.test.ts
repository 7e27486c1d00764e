import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import type { Socket } from "node:net";
import { beforeEach, expect, test, vi } from "vitest";
import { BufferPool } from "../src/net/buffer-pool.ts";
import { clientFrame, closePayload } from "./support/client-frames.ts";
import { listenAtEndpoint } from "./support/endpoint-server.ts";
import { TestGateway } from "./support/gateway.ts";
import { heldSource } from "./support/held-source.ts";
import { OPCODE, RawClient, upgradeRequest } from "./support/raw-client.ts";

const spies = {
  borrow: vi.spyOn(BufferPool.prototype, "borrow"),
  release: vi.spyOn(BufferPool.prototype, "release"),
};

beforeEach(() => void vi.clearAllMocks());

/** How often a large buffer was lent. */
function loans(): number {
  return spies.borrow.mock.results.filter(({ value }) => value !== undefined).length;
}

/** Large buffers on loan. */
function lent(): number {
  return loans() - spies.release.mock.calls.length;
}

/** Sends the numbers from 0 on, four bytes each, as long as they are read. */
function count(socket: Socket): void {
  let next = 0;
  const send = (): void => {
    for (let isTaken = true; isTaken && !socket.destroyed;) {
      const piece = Buffer.alloc(4096);
      for (let at = 0; at < piece.length; at += 4, next += 1) piece.writeUInt32BE(next, at);
      isTaken = socket.write(piece);
    }
  };
  socket.on("drain", send).resume();
  send();
}

test("what a client has not read when it leaves does not change, and its buffers return", async () => {
  const { promise: console, resolve: accepted } = Promise.withResolvers<Socket>();
  await using target = await listenAtEndpoint("tcp", (socket) => {
    count(socket);
    accepted(socket);
  });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new RawClient(gateway.host);
  client.write(upgradeRequest(`/?token=${token}`));
  await client.status();
  client.socket.pause();
  const connection = gateway.proxy.sessions.list()[0]?.channels[0]?.connection;
  await expect.poll(() => connection?.unsentBytes).toBeGreaterThan(0);
  client.write(clientFrame(OPCODE.close, closePayload(1000)));
  // The gateway has ended its half, and would read the other.
  await once(await console, "end");
  await new Promise((resolve) => setImmediate(resolve));
  client.socket.resume();
  await client.ended;
  const frames = client.frames.filter(({ opcode }) => opcode === OPCODE.binary);
  const bytes = Buffer.concat(frames.map(({ payload }) => payload));
  const wrong: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) if (bytes.readUInt32BE(at) !== at / 4) wrong.push(at);
  expect(wrong).toEqual([]);
  await gateway.proxy.sessions.idle();
  expect(loans()).toBeGreaterThan(0);
  expect(lent()).toBe(0);
});

test("what a client sends in bursts before its console is open occupies no large buffers", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const held = heldSource(0);
  await using gateway = await TestGateway.start({ source: held.source });
  const { token } = await gateway.token(target.address);
  using client = new RawClient(gateway.host);
  client.write(upgradeRequest(`/?token=${token}`));
  await client.status();
  await held.waiting(1);
  // Each fills the small buffer, so that the next read goes into a large one.
  const burst = clientFrame(OPCODE.binary, Buffer.alloc(1024 - 8));
  for (let round = 1; round <= 5; round += 1) {
    client.write(burst);
    await expect.poll(loans).toBe(round);
    client.write(clientFrame(OPCODE.binary, "x"));
    await expect.poll(lent).toBe(0);
  }
  held.release();
  const connection = await target.waitForConnection();
  await expect.poll(() => connection.bytesReceived).toBe(5 * 1017);
});
