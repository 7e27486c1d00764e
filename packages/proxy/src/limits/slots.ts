import { clientGroup } from "../net/client-address.ts";

/** The options under `sessions` that limit how many run at once. */
export const LIMIT_NAMES = ["max", "max_per_client", "max_per_token", "max_per_instance"] as const;

/** How many sessions one token may have open, unless the configuration says otherwise. */
export const DEFAULT_MAX_PER_TOKEN = 16;

/** One of {@link LIMIT_NAMES}. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** The limits, as configured under `sessions`; null for no such limit. */
export interface LimitOptions {
  /** How many sessions may run at once. */
  readonly max: number | null;
  /** How many of them may come from one IPv4 address or IPv6 /64. */
  readonly max_per_client: number | null;
  /** How many of them one token may have opened. */
  readonly max_per_token: number | null;
  /** How many of them may show one virtual machine. */
  readonly max_per_instance: number | null;
  /** Whether a session above `max_per_instance` is refused, or ends the machine's oldest one. */
  readonly on_limit_per_instance: "refuse" | "replace";
}

/** A session as the limits see it. */
export interface SlotRequest {
  /** Its id. */
  readonly session: string;
  /** The client's IP address. */
  readonly client: string;
  /** The id of the token that opens it. */
  readonly token: string;
  /** The virtual machine. A session whose token names none counts only for the other limits. */
  readonly instance: string | undefined;
}

/** A slot that a session holds or asks for. */
export interface SlotLease extends SlotRequest {
  /** Chosen by the session's process, so that it can release a lease before it knows whether it got one. */
  readonly id: string;
}

/** A lease with the process whose end ends it. */
export interface OwnedLease<Owner> {
  readonly lease: SlotLease;
  readonly owner: Owner;
}

/** The answer to a session that asks for a slot. */
export interface Verdict<Owner> {
  /** The limit that refuses it; undefined when it has its slot now. */
  readonly refusedBy?: LimitName;
  /** The session that lost its slot to it and has to end. */
  readonly replaces?: OwnedLease<Owner>;
}

/**
 * The leases of all running sessions. Every call is answered at once, so no two sessions get the last slot.
 *
 * @typeParam Owner - the process that runs a session: when it is gone, {@link releaseOwner} frees its slots.
 */
export class Slots<Owner> {
  readonly #options: LimitOptions;
  /** By lease id, oldest first. */
  readonly #held = new Map<string, OwnedLease<Owner>>();
  /** How many are held, by {@link clientGroup}. */
  readonly #byClient = new Map<string, number>();
  readonly #byToken = new Map<string, number>();
  readonly #byInstance = new Map<string, Set<string>>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Slots that are held. */
  get size(): number {
    return this.#held.size;
  }

  acquire(lease: SlotLease, owner: Owner): Verdict<Owner> {
    const { max, max_per_client, max_per_token, max_per_instance, on_limit_per_instance } = this.#options;
    const mine = lease.instance === undefined ? undefined : this.#byInstance.get(lease.instance);
    const full = max_per_instance !== null && (mine?.size ?? 0) >= max_per_instance;
    if (full && on_limit_per_instance === "refuse") return { refusedBy: "max_per_instance" };
    const [oldest] = full && mine !== undefined ? mine : [];
    const replaces = oldest === undefined ? undefined : this.#held.get(oldest);
    const client = clientGroup(lease.client);
    const sameClient = replaces !== undefined && clientGroup(replaces.lease.client) === client ? 1 : 0;
    const fromClient = (this.#byClient.get(client) ?? 0) - sameClient;
    const withToken = (this.#byToken.get(lease.token) ?? 0) - (replaces?.lease.token === lease.token ? 1 : 0);
    if (max !== null && this.#held.size - (replaces === undefined ? 0 : 1) >= max) return { refusedBy: "max" };
    if (max_per_client !== null && fromClient >= max_per_client) return { refusedBy: "max_per_client" };
    if (max_per_token !== null && withToken >= max_per_token) return { refusedBy: "max_per_token" };
    if (replaces !== undefined) this.release(replaces.lease.id);
    this.announce(lease, owner);
    return replaces === undefined ? {} : { replaces };
  }

  /**
   * Counts a lease whose session runs already, even above a limit: its owner announces it again when the count may
   * have been lost. Does nothing for a lease that is counted.
   */
  announce(lease: SlotLease, owner: Owner): void {
    if (this.#held.has(lease.id)) return;
    this.#held.set(lease.id, { lease, owner });
    count(this.#byClient, clientGroup(lease.client), 1);
    count(this.#byToken, lease.token, 1);
    if (lease.instance !== undefined) add(this.#byInstance, lease.instance, lease.id);
  }

  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void {
    const held = this.#held.get(leaseId);
    if (held === undefined) return;
    this.#held.delete(leaseId);
    const { client, token, instance } = held.lease;
    count(this.#byClient, clientGroup(client), -1);
    count(this.#byToken, token, -1);
    if (instance !== undefined) remove(this.#byInstance, instance, leaseId);
  }

  /** Frees all slots of an owner that is gone. */
  releaseOwner(owner: Owner): void {
    for (const [leaseId, held] of this.#held) if (held.owner === owner) this.release(leaseId);
  }
}

function count(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}

function add(index: Map<string, Set<string>>, key: string, leaseId: string): void {
  const leases = index.get(key);
  if (leases === undefined) index.set(key, new Set([leaseId]));
  else leases.add(leaseId);
}

function remove(index: Map<string, Set<string>>, key: string, leaseId: string): void {
  const leases = index.get(key);
  leases?.delete(leaseId);
  if (leases?.size === 0) index.delete(key);
}
