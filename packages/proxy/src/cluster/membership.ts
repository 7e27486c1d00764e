import { randomBytes } from "node:crypto";
import type { ConnectionPart } from "../cluster-store/connection.ts";
import type { StoreSession } from "../cluster-store/session.ts";
import type { Logger } from "../telemetry/log.ts";

/** How many leases of a gateway that is gone are freed at once, which takes the store about 5 ms, and how often in a beat. */
const REAP_LEASES = 250;
const REAP_TIMES = 16;

/** How long a beat may go on with that, in milliseconds: over a long line, the next beat goes on. */
const REAP_MS = 250;

/** How long a replaced session may take to leave before it is counted again, in milliseconds: longer than all waits. */
const LEAVING_MS = 10_000;

/** What a {@link Membership} is made with. */
export interface MembershipOptions {
  /** What people call this gateway. */
  readonly name: string;
  /** How long after its last beat a gateway counts as gone, in milliseconds. */
  readonly leaseMs: number;
  readonly log: Logger;
}

/** A gateway of the cluster. */
export interface GatewayMember {
  /** Another one for each start of its process. */
  readonly id: string;
  /** What people call it. Others may have the same name. */
  readonly name: string;
  /** When it started, in milliseconds since the epoch, by its own clock. */
  readonly since: number;
}

/**
 * This gateway's place in the cluster: it holds a lease that it renews at each beat. Where a gateway's own lease has
 * ended, the first of the others to find that out frees the leases of its sessions. A gateway that was stopped for longer
 * than its lease notices it at its next beat, and then the connection is made anew: everything is announced again.
 */
export class Membership implements ConnectionPart {
  /** This gateway. */
  readonly self: GatewayMember;
  readonly #options: MembershipOptions;
  readonly #view: string;
  #fence = "";
  #live: readonly GatewayMember[] = [];
  #clockDifference = 0;
  #hasLeft = false;

  constructor(options: MembershipOptions) {
    this.self = { id: randomBytes(12).toString("hex"), name: options.name, since: Date.now() };
    this.#options = options;
    const { id, name, since } = this.self;
    this.#view = JSON.stringify([id, name, since]);
  }

  /** What each write of a lease has to know: another one for each connection, and none of a gateway that was reaped. */
  get fence(): string {
    return this.#fence;
  }

  /** The gateways whose leases had not ended at the last beat, this one included; the oldest first. */
  get live(): readonly GatewayMember[] {
    return this.#live;
  }

  /** The clock of this machine less that of the store, in milliseconds, at the last beat. */
  get clockDifference(): number {
    return this.#clockDifference;
  }

  /** What people call a gateway: with a part of its id where others have its name. */
  nameOf({ id, name }: GatewayMember): string {
    return this.#live.some((other) => other.name === name && other.id !== id) ? `${name} (${id.slice(0, 6)})` : name;
  }

  async prepare(store: StoreSession): Promise<void> {
    this.#fence = randomBytes(9).toString("base64url");
    await this.#renew(store, true);
  }

  /** @throws Error when this gateway's lease has ended. */
  async beat(store: StoreSession): Promise<void> {
    const hasWork = await this.#renew(store, false);
    if (hasWork) await this.reap(store);
  }

  /** Finds out which gateways there are now. @throws Error as {@link beat}. */
  async refresh(store: StoreSession): Promise<void> {
    await this.#renew(store, false);
  }

  /** Frees leases of gateways that are gone, as many as one beat may. */
  async reap(store: StoreSession): Promise<void> {
    const until = performance.now() + REAP_MS;
    for (let time = 0; time < REAP_TIMES; time += 1) {
      const reaped = await this.#reap(store);
      if (reaped === undefined) return;
      if (reaped.isLast) this.#options.log.warn({ gateway: reaped.name, gateway_id: reaped.id }, "a gateway is gone");
      if (performance.now() > until) return;
    }
  }

  /** Leaves the cluster for good: what is still counted of this gateway is freed. */
  async leave(store: StoreSession): Promise<void> {
    this.#hasLeft = true;
    for (let time = 0; time < REAP_TIMES; time += 1) {
      const reaped = await this.#reap(store, this.self.id);
      if (reaped === undefined || reaped.isLast) return;
    }
  }

  async #reap(
    store: StoreSession,
    id?: string,
  ): Promise<{ readonly id: string; readonly name: string; readonly isLast: boolean } | undefined> {
    const reaped = await store.members.reap({ most: REAP_LEASES, leavingMs: LEAVING_MS }, id);
    return reaped && { id: id ?? "", name: "", ...parseMember(reaped.view), isLast: reaped.isLast };
  }

  /** @returns whether there is something to reap. */
  async #renew(store: StoreSession, enters: boolean): Promise<boolean> {
    if (this.#hasLeft) return false;
    const askedAt = Date.now();
    const { id } = this.self;
    const { leaseMs } = this.#options;
    const beat = {
      id,
      fence: this.#fence,
      view: this.#view,
      leaseMs: Math.round(leaseMs),
      leavingMs: LEAVING_MS,
      enters,
    };
    const { now, isDue, views } = await store.members.beat(beat);
    if (this.#hasLeft) return false;
    this.#clockDifference = (askedAt + Date.now()) / 2 - now;
    const live = views.flatMap((view) => parseMember(view) ?? []);
    this.#live = live.toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    return isDue;
  }
}

/** @returns undefined for what is not a gateway. */
function parseMember(view: unknown): GatewayMember | undefined {
  if (typeof view !== "string") return undefined;
  const [id, name, since] = JSON.parse(view) as readonly unknown[];
  return { id: String(id), name: String(name), since: Number(since) };
}
