import { clientGroup } from "../net/client-address.ts";

/** The options under `sessions` that limit how many run at once. */
export const LIMIT_NAMES = ["max", "max_per_client", "max_per_token", "max_per_instance", "max_per_user"] as const;

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
  /** How many of them one user may have. */
  readonly max_per_user: number | null;
  /**
   * Whether a session above `max_per_instance` or `max_per_user` is refused, or ends the machine's or user's oldest one:
   * at once, or if its user allows it.
   */
  readonly on_limit: "refuse" | "replace" | "ask";
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
  /** The user. A session whose token names none counts only for the other limits. */
  readonly user: string | undefined;
  /** How many sessions the token itself allows at once. @defaultValue as many as the limits allow */
  readonly maxSessions?: number | undefined;
  /**
   * Whether the session runs already, and its token renews it: only the token's limit counts. The session then gives
   * the slot back that it had. @defaultValue false
   */
  readonly isRenewal?: boolean | undefined;
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

/** Sessions whose users have to agree that another one takes their place. */
export interface AskedLeases<Owner> {
  /** The limit that is reached. */
  readonly limit: LimitName;
  readonly of: readonly OwnedLease<Owner>[];
}

/** The answer to a session that asks for a slot. */
export interface Verdict<Owner> {
  /** The limit that refuses it; undefined when it has its slot now, or users are to be asked. */
  readonly refusedBy?: LimitName;
  /** The sessions that lost their slots to it and have to end. They are leaving until they are released. */
  readonly replaces: readonly OwnedLease<Owner>[];
  /** Others of its machine or its user that are leaving: it has to wait until these have ended, too. */
  readonly leaving?: readonly OwnedLease<Owner>[] | undefined;
  /** Whom to ask before it can have its slot; undefined when that is decided. */
  readonly asks?: AskedLeases<Owner>;
}

/** Where the leases of all running sessions are counted: in this process, or in a store that others use, too. */
export interface SlotTable<Owner> {
  /** As {@link Slots.configure}. */
  configure(options: LimitOptions): void;
  /**
   * As {@link Slots.acquire}.
   *
   * @throws Error when the sessions cannot be counted; whether it has its slot is then not known until it is released.
   */
  acquire(
    lease: SlotLease,
    owner: Owner,
    consenting?: readonly OwnedLease<Owner>[],
  ): Verdict<Owner> | Promise<Verdict<Owner>>;
  /** As {@link Slots.announce}. */
  announce(lease: SlotLease, owner: Owner): void;
  /** As {@link Slots.restore}. */
  restore(leaseId: string): void;
  /** As {@link Slots.release}. */
  release(leaseId: string): void;
  /** As {@link Slots.releaseOwner}. */
  releaseOwner(owner: Owner): void;
}

/**
 * The leases of all running sessions. Every call is answered at once, so no two sessions get the last slot.
 *
 * @typeParam Owner - the process that runs a session: when it is gone, {@link releaseOwner} frees its slots.
 */
export class Slots<Owner> implements SlotTable<Owner> {
  #options: LimitOptions;
  /** By lease id, oldest first. */
  readonly #held = new Map<string, OwnedLease<Owner>>();
  /** How many are held, by {@link clientGroup}. */
  readonly #byClient = new Map<string, number>();
  readonly #byToken = new Map<string, number>();
  readonly #byInstance = new Map<string, Set<string>>();
  readonly #byUser = new Map<string, Set<string>>();
  /** By lease id, those that were replaced and may still run. They count against no limit. */
  readonly #leaving = new Map<string, OwnedLease<Owner>>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** From now on, these limits hold. Sessions that exceed them go on. */
  configure(options: LimitOptions): void {
    this.#options = options;
  }

  /** The leases that are held, the oldest first. */
  get leases(): readonly SlotLease[] {
    return [...this.#held.values()].map(({ lease }) => lease);
  }

  /** Slots that are held. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Acquires a slot, or says why there is none.
   *
   * @param consenting - the sessions whose users agreed to be replaced. @defaultValue none was asked yet
   */
  acquire(lease: SlotLease, owner: Owner, consenting?: readonly OwnedLease<Owner>[]): Verdict<Owner> {
    if (lease.isRenewal === true) return this.#renew(lease, owner);
    const { max, max_per_client, on_limit } = this.#options;
    const replaces: OwnedLease<Owner>[] = [];
    const limit = this.#replaceOldest(lease, replaces);
    if (limit !== undefined && on_limit === "refuse") return { refusedBy: limit, replaces: [] };
    const leaving = (is: (of: SlotLease) => boolean): number => replaces.filter((each) => is(each.lease)).length;
    const client = clientGroup(lease.client);
    const fromClient = (this.#byClient.get(client) ?? 0) - leaving((of) => clientGroup(of.client) === client);
    const withToken = (this.#byToken.get(lease.token) ?? 0) - leaving(({ token }) => token === lease.token);
    if (this.#held.size - replaces.length >= (max ?? Infinity)) return { refusedBy: "max", replaces: [] };
    if (fromClient >= (max_per_client ?? Infinity)) return { refusedBy: "max_per_client", replaces: [] };
    if (withToken >= this.#mostPerToken(lease)) return { refusedBy: "max_per_token", replaces: [] };
    // Last: a user is not asked because of a session that another limit refuses.
    if (limit !== undefined && on_limit === "ask") {
      if (consenting === undefined) return { replaces: [], asks: { limit, of: replaces } };
      // Another session than those that were asked has become the oldest one.
      if (!replaces.every(({ lease: { id } }) => consenting.some((each) => each.lease.id === id)))
        return { refusedBy: limit, replaces: [] };
    }
    const beside = this.#leavingBeside(lease);
    for (const replaced of replaces) {
      this.release(replaced.lease.id);
      this.#leaving.set(replaced.lease.id, replaced);
    }
    this.announce(lease, owner);
    return { replaces, leaving: beside };
  }

  #renew(lease: SlotLease, owner: Owner): Verdict<Owner> {
    const withToken = this.#byToken.get(lease.token) ?? 0;
    if (withToken >= this.#mostPerToken(lease)) return { refusedBy: "max_per_token", replaces: [] };
    this.announce(lease, owner);
    return { replaces: [], leaving: this.#leavingBeside(lease) };
  }

  #leavingBeside(lease: SlotLease): readonly OwnedLease<Owner>[] | undefined {
    if (this.#leaving.size === 0) return undefined;
    return [...this.#leaving.values()].filter((each) => isSameGroup(each.lease, lease));
  }

  #mostPerToken({ maxSessions = Infinity }: SlotLease): number {
    return Math.min(this.#options.max_per_token ?? Infinity, maxSessions);
  }

  /**
   * Finds the sessions that a new one would replace: the oldest one of its machine and of its user, where those have as
   * many as they may have.
   *
   * @param replaces - gets them.
   * @returns the first limit that is reached.
   */
  #replaceOldest(lease: SlotLease, replaces: OwnedLease<Owner>[]): LimitName | undefined {
    const { max_per_instance, max_per_user } = this.#options;
    let reached: LimitName | undefined;
    if (max_per_instance === null && max_per_user === null) return undefined;
    const groups = [
      ["max_per_instance", max_per_instance, this.#byInstance, lease.instance],
      ["max_per_user", max_per_user, this.#byUser, lease.user],
    ] as const;
    for (const [limit, most, index, key] of groups) {
      const ids = key === undefined ? [] : [...(index.get(key) ?? [])];
      const staying = ids.flatMap((id) => this.#held.get(id) ?? []).filter((each) => !replaces.includes(each));
      const [oldest] = staying;
      if (most === null || staying.length < most || oldest === undefined) continue;
      reached ??= limit;
      replaces.push(oldest);
    }
    return reached;
  }

  /**
   * Counts a lease whose session runs already, even above a limit: its owner announces it again when the count may
   * have been lost. Does nothing for a lease that is counted or leaving.
   */
  announce(lease: SlotLease, owner: Owner): void {
    if (this.#held.has(lease.id) || this.#leaving.has(lease.id)) return;
    this.#held.set(lease.id, { lease, owner });
    count(this.#byClient, clientGroup(lease.client), 1);
    count(this.#byToken, lease.token, 1);
    if (lease.instance !== undefined) add(this.#byInstance, lease.instance, lease.id);
    if (lease.user !== undefined) add(this.#byUser, lease.user, lease.id);
  }

  /** Counts a lease again whose session was to leave, and may not have. Does nothing for one that is not leaving. */
  restore(leaseId: string): void {
    const restored = this.#leaving.get(leaseId);
    if (restored === undefined) return;
    this.#leaving.delete(leaseId);
    this.announce(restored.lease, restored.owner);
  }

  /** Does nothing for a lease that is not held. */
  release(leaseId: string): void {
    this.#leaving.delete(leaseId);
    const held = this.#held.get(leaseId);
    if (held === undefined) return;
    this.#held.delete(leaseId);
    const { client, token, instance, user } = held.lease;
    count(this.#byClient, clientGroup(client), -1);
    count(this.#byToken, token, -1);
    if (instance !== undefined) remove(this.#byInstance, instance, leaseId);
    if (user !== undefined) remove(this.#byUser, user, leaseId);
  }

  /** Frees all slots of an owner that is gone. */
  releaseOwner(owner: Owner): void {
    for (const leases of [this.#held, this.#leaving]) {
      for (const [leaseId, held] of leases) if (held.owner === owner) this.release(leaseId);
    }
  }
}

/** Whether both sessions are of one machine or of one user. */
function isSameGroup(a: SlotLease, b: SlotLease): boolean {
  return (a.instance !== undefined && a.instance === b.instance) || (a.user !== undefined && a.user === b.user);
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
