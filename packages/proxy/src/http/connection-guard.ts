import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionSlot, ConnectionSlots, type ConnectionSlotsContext } from "../limits/connection-slots.ts";
import type { ConnectionLimitOptions } from "../limits/connection-slots.ts";
import { DESCRIPTOR_LIMIT, hasDescriptorFor } from "../net/descriptors.ts";
import { plainAddress } from "../net/client-address.ts";

/** How often overdue connections are looked for, in milliseconds. */
const LOOK_MS = 1000;

/** Holds the limits on the connections of a public listener. */
export class ConnectionGuard {
  readonly slots: ConnectionSlots;
  readonly #refused: ConnectionSlotsContext["refused"];
  /** The slots of connections that speak HTTP, by their ends: over TLS, requests come on another socket object. */
  readonly #byEnds = new Map<string, ConnectionSlot>();

  constructor(options: ConnectionLimitOptions, refused: ConnectionSlotsContext["refused"]) {
    this.#refused = refused;
    this.slots = new ConnectionSlots(options, { now: () => performance.now(), refused });
  }

  /** Guards a server's connections from now on. */
  watch(server: Server): void {
    // After Node's own listener, so that a TLS connection knows of its socket's end.
    server.on("connection", (socket: Socket) => this.#admit(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      response.once("close", () => {
        const slot = this.#byEnds.get(endsOf(request.socket));
        if (slot !== undefined) this.slots.answered(slot);
      });
    });
    const timer = setInterval(() => this.slots.closeOverdue(), LOOK_MS).unref();
    server.once("close", () => clearInterval(timer));
  }

  /**
   * Takes the slot of a connection that is upgraded; it must be passed to {@link hold} with the socket that goes on.
   *
   * @returns undefined for a server that is not watched.
   */
  take(socket: Socket): ConnectionSlot | undefined {
    const key = endsOf(socket);
    const slot = this.#byEnds.get(key);
    this.#byEnds.delete(key);
    return slot;
  }

  /** Holds a slot until this socket closes. */
  hold(slot: ConnectionSlot, socket: Duplex): void {
    slot.connection = socket;
    socket.once("close", () => this.slots.release(slot));
  }

  #admit(socket: Socket): void {
    const clientAddress = plainAddress(socket.remoteAddress);
    if (!hasDescriptorFor(socket, "client")) {
      this.#refused({ reason: "descriptors", limit: DESCRIPTOR_LIMIT, clientAddress });
      socket.destroy();
      return;
    }
    const key = endsOf(socket);
    this.#forgetDead(key);
    const slot = this.slots.admit(clientAddress, socket);
    if (slot === undefined) return;
    this.#byEnds.set(key, slot);
    socket.once("close", () => {
      // An upgraded connection has moved on.
      if (this.#byEnds.get(key) !== slot) return;
      this.#byEnds.delete(key);
      this.slots.release(slot);
    });
  }

  /** Two connections never have the same ends: the earlier one was reset, and this process has not heard of it yet. */
  #forgetDead(key: string): void {
    const dead = this.#byEnds.get(key);
    if (dead === undefined) return;
    this.#byEnds.delete(key);
    this.slots.release(dead);
    // What it sent before is not read any more: it would take the slot of the new one.
    dead.connection.destroy();
  }
}

function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}
