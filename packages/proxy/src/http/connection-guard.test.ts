import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { ConnectionGuard } from "./connection-guard.ts";

const LIMITS = {
  max: 10,
  max_per_client: 10,
  max_unauthenticated: 10,
  max_unauthenticated_per_client: 10,
  unauthenticated_timeout: 20,
};

/** A connection from this port to this address of the gateway. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress = "192.0.2.1";
  readonly localPort = 6080;
  readonly remotePort: number;
  readonly localAddress: string;
  destroyed = false;

  constructor(remotePort: number, localAddress = "192.0.2.9") {
    super();
    this.remotePort = remotePort;
    this.localAddress = localAddress;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function guarded(): { guard: ConnectionGuard; accept: (socket: FakeSocket) => FakeSocket; server: EventEmitter } {
  const guard = new ConnectionGuard(LIMITS, () => {});
  // In place of what makes requests of a connection.
  const server = new EventEmitter().on("connection", () => {});
  guard.watch(server as unknown as Server);
  const accept = (socket: FakeSocket): FakeSocket => {
    server.emit("connection", socket);
    return socket;
  };
  return { guard, accept, server };
}

test("a client that resets its connection and comes back from the same port keeps no slot of the first one", () => {
  const { guard, accept, server } = guarded();
  const first = accept(new FakeSocket(40_000));
  const second = accept(new FakeSocket(40_000));
  expect([guard.slots.open, guard.slots.unauthenticated, first.destroyed]).toEqual([1, 1, true]);
  first.emit("close");
  expect(guard.slots.open).toBe(1);
  // The slot is that of the second one.
  const slot = guard.take(second as unknown as Socket);
  expect(slot?.connection).toBe(second);
  if (slot !== undefined) guard.hold(slot, second as never);
  second.emit("close");
  expect([guard.slots.open, guard.slots.unauthenticated]).toEqual([0, 0]);
  server.emit("close");
});

test("one from the same port to another address of the gateway is another connection", () => {
  const { guard, accept, server } = guarded();
  const sockets = [accept(new FakeSocket(40_000)), accept(new FakeSocket(40_000, "192.0.2.10"))];
  expect([guard.slots.open, ...sockets.map(({ destroyed }) => destroyed)]).toEqual([2, false, false]);
  for (const socket of sockets) socket.emit("close");
  expect(guard.slots.open).toBe(0);
  server.emit("close");
});
