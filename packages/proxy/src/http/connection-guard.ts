import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type ConnectionSlot, ConnectionSlots, type ConnectionSlotsContext } from "../limits/connection-slots.ts";
import type { ConnectionLimitOptions } from "../limits/connection-slots.ts";
import { DESCRIPTOR_LIMIT, hasDescriptorFor } from "../net/descriptors.ts";
import { plainAddress } from "../net/client-address.ts";
import { TrustedProxies } from "../net/trusted-proxies.ts";
import { MAX_PROXY_HEADER, type ProxyHeader } from "./forwarding/proxy-header.ts";
import { readProxyHeaders } from "./forwarding/proxy-protocol.ts";

/** How often overdue connections are looked for, in milliseconds. */
const LOOK_MS = 1000;

/** A connection of a trusted proxy. */
interface ProxyConnection {
  /** The proxy's address. */
  readonly address: string;
  /** What it began with; undefined if it has no header of the PROXY protocol. */
  header?: ProxyHeader;
}

/** Holds the limits on the connections of a public listener. */
export class ConnectionGuard {
  readonly slots: ConnectionSlots;
  readonly #refused: ConnectionSlotsContext["refused"];
  readonly #trusted: TrustedProxies;
  /** The slots of connections that speak HTTP, by their ends: over TLS, requests come on another socket object. */
  readonly #byEnds = new Map<string, ConnectionSlot>();
  readonly #ofProxies = new WeakMap<ConnectionSlot, ProxyConnection>();

  /** @param trusted - whose connections count for the clients that they serve. */
  constructor(
    options: ConnectionLimitOptions,
    refused: ConnectionSlotsContext["refused"],
    trusted: TrustedProxies = new TrustedProxies([]),
  ) {
    this.#refused = refused;
    this.#trusted = trusted;
    this.slots = new ConnectionSlots(options, { now: () => performance.now(), refused });
  }

  /**
   * Guards a server's connections from now on.
   *
   * @returns destroys connections that the server does not know of yet.
   */
  watch(server: Server): () => void {
    const destroyUnknown = this.#readProxyHeaders(server);
    // After Node's own listener, so that a TLS connection knows of its socket's end.
    server.on("connection", (socket: Socket) => this.#admit(socket));
    server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
      response.once("close", () => {
        const slot = this.#byEnds.get(endsOf(request.socket));
        if (slot !== undefined) this.#answered(slot);
      });
    });
    const timer = setInterval(() => this.slots.closeOverdue(), LOOK_MS).unref();
    server.once("close", () => clearInterval(timer));
    return destroyUnknown;
  }

  /**
   * A request on a connection of a trusted proxy is of this client: the connection counts for it until the request is
   * answered, or for good if it is upgraded.
   *
   * @returns false when the client has too many connections already.
   */
  serves(socket: Socket, clientAddress: string): boolean {
    const slot = this.#byEnds.get(endsOf(socket));
    return slot === undefined || !this.#ofProxies.has(slot) || this.slots.assign(slot, clientAddress);
  }

  /** The header of the PROXY protocol that a connection began with. */
  proxyHeader(socket: Socket): ProxyHeader | undefined {
    const slot = this.#byEnds.get(endsOf(socket));
    return slot === undefined ? undefined : this.#ofProxies.get(slot)?.header;
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

  #readProxyHeaders(server: Server): () => void {
    return readProxyHeaders(server, this.#trusted, {
      named: (socket, header) => {
        const slot = this.#byEnds.get(endsOf(socket));
        const connection = slot && this.#ofProxies.get(slot);
        if (slot === undefined || connection === undefined) return false;
        connection.header = header;
        return this.slots.assign(slot, header.source ?? connection.address);
      },
      malformed: (socket) => {
        const clientAddress = plainAddress(socket.remoteAddress);
        this.#refused({ reason: "proxy_protocol", limit: MAX_PROXY_HEADER, clientAddress });
      },
    });
  }

  #answered(slot: ConnectionSlot): void {
    this.slots.answered(slot);
    const connection = this.#ofProxies.get(slot);
    if (connection === undefined) return;
    // With a header, it is all of one client.
    if (connection.header === undefined) this.slots.unassign(slot, connection.address);
    else this.slots.assign(slot, connection.header.source ?? connection.address);
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
    const isProxy = this.#trusted.has(clientAddress);
    const slot = isProxy ? this.slots.admitProxy(clientAddress, socket) : this.slots.admit(clientAddress, socket);
    if (slot === undefined) return;
    if (isProxy) this.#ofProxies.set(slot, { address: clientAddress });
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

/** Connections to a Unix socket have no ends to tell them apart. There is no TLS over it, so the socket object is one. */
const unixConnections = new WeakMap<Socket, string>();
let lastUnixConnection = 0;

function endsOf(socket: Socket): string {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (remotePort !== undefined) return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
  let key = unixConnections.get(socket);
  if (key === undefined) {
    lastUnixConnection += 1;
    key = `unix ${lastUnixConnection}`;
    unixConnections.set(socket, key);
  }
  return key;
}
