import { clientGroup } from "../net/client-address.ts";

/**
 * Why a connection without a session is closed: an option under `connections`, too few free descriptors, or a malformed
 * header of the PROXY protocol.
 */
export const CONNECTION_REFUSALS = [
  "connections.max",
  "connections.max_per_client",
  "connections.max_unauthenticated",
  "connections.max_unauthenticated_per_client",
  "connections.unauthenticated_timeout",
  "descriptors",
  "proxy_protocol",
] as const;

/** One of {@link CONNECTION_REFUSALS}. */
export type ConnectionRefusal = (typeof CONNECTION_REFUSALS)[number];

/** A limit, by the name of its option. */
type Limit = keyof ConnectionLimitOptions;

/** How many connections a process holds, and how long one may be without a session. */
export interface ConnectionLimitOptions {
  readonly max: number;
  readonly max_per_client: number;
  readonly max_unauthenticated: number;
  readonly max_unauthenticated_per_client: number;
  /** In seconds. */
  readonly unauthenticated_timeout: number;
}

/** What {@link ConnectionSlots} are made with. */
export interface ConnectionSlotsContext {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** A connection is closed because of a limit. */
  readonly refused: (refusal: { reason: ConnectionRefusal; limit: number; clientAddress: string }) => void;
}

/** A connection that can be cut. */
export interface Cuttable {
  destroy(): unknown;
}

/** The connections of one address or /64. */
interface Client {
  readonly group: string;
  open: number;
  /** Oldest first. */
  readonly unauthenticated: Set<ConnectionSlot>;
}

/** What a connection holds until it is closed. */
export interface ConnectionSlot {
  /** Of the client, or of the trusted proxy as long as that has not named one. */
  address: string;
  /** What is cut when the slot is needed for another connection. */
  connection: Cuttable;
  /** Since when it has done nothing useful, in milliseconds of the monotonic clock. */
  since: number;
  /** Undefined for a connection of a trusted proxy that serves no client at the moment. */
  client: Client | undefined;
}

/**
 * Counts the connections of a listener. Connections that have no session are cheap to make, so they only occupy slots
 * of their own, and the oldest of them gives way: a client that means it is through before its turn comes.
 */
export class ConnectionSlots {
  #options: ConnectionLimitOptions;
  readonly #context: ConnectionSlotsContext;
  readonly #clients = new Map<string, Client>();
  /** Oldest first. */
  readonly #unauthenticated = new Set<ConnectionSlot>();
  readonly #held = new WeakSet<ConnectionSlot>();
  #open = 0;

  constructor(options: ConnectionLimitOptions, context: ConnectionSlotsContext) {
    this.#options = options;
    this.#context = context;
  }

  /** From now on, these limits hold. Connections that exceed them are not cut for it. */
  configure(options: ConnectionLimitOptions): void {
    this.#options = options;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#open;
  }

  /** Of these, those without a session. */
  get unauthenticated(): number {
    return this.#unauthenticated.size;
  }

  /** A new connection of a client. @returns undefined when there is no slot for it: it was destroyed. */
  admit(address: string, connection: Cuttable): ConnectionSlot | undefined {
    const client = this.#clientAt(address);
    const refusal = this.#makeRoomFor(client) ?? this.#makeRoom();
    if (refusal !== undefined) return this.#refuse(refusal, address, connection);
    const slot = this.#hold(address, connection);
    this.#join(slot, client);
    return slot;
  }

  /** A new connection of a trusted proxy, which no limit of a client applies to. Otherwise as {@link admit}. */
  admitProxy(address: string, connection: Cuttable): ConnectionSlot | undefined {
    const refusal = this.#makeRoom();
    return refusal === undefined ? this.#hold(address, connection) : this.#refuse(refusal, address, connection);
  }

  /**
   * A connection of a trusted proxy serves this client from now on.
   *
   * @returns false when the client has too many connections already.
   */
  assign(slot: ConnectionSlot, address: string): boolean {
    const client = this.#clientAt(address);
    if (slot.client === client || !this.#held.has(slot)) return true;
    this.unassign(slot, slot.address);
    const refusal = this.#makeRoomFor(client);
    if (refusal !== undefined) {
      this.#refused(refusal, address);
      return false;
    }
    slot.address = address;
    this.#join(slot, client);
    return true;
  }

  /** A connection of the trusted proxy at this address serves no client any more. */
  unassign(slot: ConnectionSlot, proxyAddress: string): void {
    const { client } = slot;
    slot.address = proxyAddress;
    slot.client = undefined;
    client?.unauthenticated.delete(slot);
    if (client !== undefined) this.#leave(client);
  }

  /** The connection has a session now, with clocks of its own. */
  authenticate(slot: ConnectionSlot): void {
    this.#unauthenticated.delete(slot);
    slot.client?.unauthenticated.delete(slot);
  }

  /** A request of the connection was answered: its time begins anew. */
  answered(slot: ConnectionSlot): void {
    if (!this.#unauthenticated.delete(slot)) return;
    slot.client?.unauthenticated.delete(slot);
    slot.since = this.#context.now();
    this.#unauthenticated.add(slot);
    slot.client?.unauthenticated.add(slot);
  }

  /** The connection is closed. Only the first call has an effect. */
  release(slot: ConnectionSlot): void {
    if (!this.#held.delete(slot)) return;
    this.authenticate(slot);
    this.#open -= 1;
    if (slot.client !== undefined) this.#leave(slot.client);
  }

  /** Closes the connections that have taken too long. */
  closeOverdue(): void {
    const bound = this.#context.now() - this.#options.unauthenticated_timeout * 1000;
    for (const slot of this.#unauthenticated) {
      if (slot.since > bound) return;
      this.#cut(slot, "unauthenticated_timeout");
    }
  }

  /** Cuts what must give way to another connection of this client. @returns the limit that nothing gives way at. */
  #makeRoomFor({ unauthenticated: mine, open }: Client): Limit | undefined {
    const { max_per_client, max_unauthenticated_per_client } = this.#options;
    if (mine.size >= max_unauthenticated_per_client) this.#cutOldest(mine, "max_unauthenticated_per_client");
    else if (open >= max_per_client && !this.#cutOldest(mine, "max_per_client")) return "max_per_client";
    return undefined;
  }

  /** Cuts what must give way to another connection. @returns the limit that nothing gives way at. */
  #makeRoom(): Limit | undefined {
    const { max, max_unauthenticated } = this.#options;
    if (this.#unauthenticated.size >= max_unauthenticated)
      this.#cutOldest(this.#unauthenticated, "max_unauthenticated");
    else if (this.#open >= max && !this.#cutOldest(this.#unauthenticated, "max")) return "max";
    return undefined;
  }

  #clientAt(address: string): Client {
    const group = clientGroup(address);
    return this.#clients.get(group) ?? { group, open: 0, unauthenticated: new Set() };
  }

  #hold(address: string, connection: Cuttable): ConnectionSlot {
    const slot: ConnectionSlot = { address, connection, since: this.#context.now(), client: undefined };
    this.#open += 1;
    this.#held.add(slot);
    this.#unauthenticated.add(slot);
    return slot;
  }

  #join(slot: ConnectionSlot, client: Client): void {
    this.#clients.set(client.group, client);
    slot.client = client;
    client.open += 1;
    if (this.#unauthenticated.has(slot)) client.unauthenticated.add(slot);
  }

  #leave(client: Client): void {
    client.open -= 1;
    if (client.open === 0) this.#clients.delete(client.group);
  }

  #cutOldest(slots: ReadonlySet<ConnectionSlot>, limit: Limit): boolean {
    const [oldest] = slots;
    if (oldest !== undefined) this.#cut(oldest, limit);
    return oldest !== undefined;
  }

  #cut(slot: ConnectionSlot, limit: Limit): void {
    this.release(slot);
    this.#refused(limit, slot.address);
    slot.connection.destroy();
  }

  #refuse(limit: Limit, address: string, connection: Cuttable): undefined {
    this.#refused(limit, address);
    connection.destroy();
  }

  #refused(limit: Limit, clientAddress: string): void {
    this.#context.refused({ reason: `connections.${limit}`, limit: this.#options[limit], clientAddress });
  }
}
