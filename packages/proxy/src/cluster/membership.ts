import { randomBytes } from "node:crypto";
import type { Logger } from "../telemetry/log.ts";
import type { StoreClient } from "../valkey/client.ts";
import type { ConnectionPart } from "../valkey/connection.ts";
import { StoreScript } from "../valkey/script.ts";
import { LEASE_FUNCTIONS, keyPrefix } from "./lease-script.ts";

/** How many leases of a gateway that is gone are freed at once, which takes the store about 5 ms, and how often in a beat. */
const REAP_LEASES = 250;
const REAP_TIMES = 16;

/** How long a beat may go on with that, in milliseconds: over a long line, the next beat goes on. */
const REAP_MS = 250;

/** How long a replaced session may take to leave before it is counted again, in milliseconds: longer than all waits. */
const LEAVING_MS = 10_000;

/** Why a gateway has no place in the cluster any more. */
export const AWAY = "this gateway was away for longer than its lease lasts, or the store has lost its data";

/** What a {@link Membership} is made with. */
export interface MembershipOptions {
  /** What the keys in the store begin with. */
  readonly prefix: string;
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
 * Enters or renews a gateway, and lists those whose leases have not ended.
 *
 * ARGV: id, fence, what others see of it, lease in milliseconds, how long a session may take to leave in milliseconds,
 * whether it enters. Answers false to one that is not entered with this fence; else the store's clock in milliseconds,
 * whether there is something to reap, and what is seen of each gateway.
 */
const BEAT = new StoreScript(`#!lua flags=allow-oom
local p, id, fence, view, lease, patience, enters = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if enters == '1' then
  redis.call('HSET', p .. 'fences', id, fence)
  redis.call('HSET', p .. 'gateway-views', id, view)
elseif redis.call('HGET', p .. 'fences', id) ~= fence then
  return false
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', p .. 'gateways', now + lease, id)
local live = redis.call('ZRANGE', p .. 'gateways', '(' .. now, '+inf', 'BYSCORE', 'LIMIT', 0, 1000)
local due = redis.call('ZCOUNT', p .. 'gateways', '-inf', now) + redis.call('ZCOUNT', p .. 'leaving', '-inf', now - patience)
return { now, due, redis.call('HMGET', p .. 'gateway-views', unpack(live)) }
`);

/**
 * Frees leases of one gateway, if its own lease has ended, and forgets it with the last of them; counts those again that
 * were to leave and of which it is not known in time whether they have.
 *
 * ARGV: how many leases at most, how long they may take to leave in milliseconds, the gateway that leaves now or "".
 * Answers the gateway's view, how many leases were freed, and whether it was the last: false for none.
 */
const REAP = new StoreScript(`#!lua flags=allow-oom
${LEASE_FUNCTIONS}
local most, patience, id = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
for _, member in ipairs(redis.call('ZRANGE', p .. 'leaving', '-inf', now() - patience, 'BYSCORE', 'LIMIT', 0, most)) do
  restore(member)
end
if id == '' then
  id = redis.call('ZRANGE', p .. 'gateways', '-inf', now(), 'BYSCORE', 'LIMIT', 0, 1)[1]
  if not id then return false end
end
redis.call('HDEL', p .. 'fences', id)
local view = redis.call('HGET', p .. 'gateway-views', id)
local ids = redis.call('HRANDFIELD', p .. 'leases:' .. id, most)
for _, lease in ipairs(ids) do release(id .. '/' .. lease) end
if redis.call('EXISTS', p .. 'leases:' .. id) == 1 then return { view, #ids, 0 } end
redis.call('ZREM', p .. 'gateways', id)
redis.call('HDEL', p .. 'gateway-views', id)
return { view, #ids, 1 }
`);

/**
 * This gateway's place in the cluster: it holds a lease that it renews at each beat. Where a gateway's own lease has
 * ended, the first of the others to find that out frees the leases of its sessions. A gateway that was stopped for longer
 * than its lease notices it at its next beat, and then the connection is made anew: everything is announced again.
 */
export class Membership implements ConnectionPart {
  /** This gateway. */
  readonly self: GatewayMember;
  readonly #options: MembershipOptions;
  readonly #prefix: string;
  readonly #view: string;
  #fence = "";
  #live: readonly GatewayMember[] = [];
  #clockDifference = 0;
  #hasLeft = false;

  constructor(options: MembershipOptions) {
    this.self = { id: randomBytes(12).toString("hex"), name: options.name, since: Date.now() };
    this.#options = options;
    this.#prefix = keyPrefix(options.prefix);
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

  async prepare(client: StoreClient): Promise<void> {
    this.#fence = randomBytes(9).toString("base64url");
    await this.#renew(client, true);
  }

  /** @throws Error when this gateway's lease has ended. */
  async beat(client: StoreClient): Promise<void> {
    const hasWork = await this.#renew(client, false);
    if (hasWork) await this.reap(client);
  }

  /** Finds out which gateways there are now. @throws Error as {@link beat}. */
  async refresh(client: StoreClient): Promise<void> {
    await this.#renew(client, false);
  }

  /** Frees leases of gateways that are gone, as many as one beat may. */
  async reap(client: StoreClient): Promise<void> {
    const until = performance.now() + REAP_MS;
    for (let time = 0; time < REAP_TIMES; time += 1) {
      const reaped = await this.#reap(client, "");
      if (reaped === undefined) return;
      if (reaped.isLast) this.#options.log.warn({ gateway: reaped.name, gateway_id: reaped.id }, "a gateway is gone");
      if (performance.now() > until) return;
    }
  }

  /** Leaves the cluster for good: what is still counted of this gateway is freed. */
  async leave(client: StoreClient): Promise<void> {
    this.#hasLeft = true;
    for (let time = 0; time < REAP_TIMES; time += 1) {
      const reaped = await this.#reap(client, this.self.id);
      if (reaped === undefined || reaped.isLast) return;
    }
  }

  async #reap(
    client: StoreClient,
    id: string,
  ): Promise<{ readonly id: string; readonly name: string; readonly isLast: boolean } | undefined> {
    const reply = await REAP.run(client, [this.#prefix], [`${REAP_LEASES}`, `${LEAVING_MS}`, id]);
    if (!Array.isArray(reply)) return undefined;
    const [view, , isLast] = reply as readonly unknown[];
    return { id, name: "", ...parseMember(view), isLast: isLast === 1 };
  }

  /** @returns whether there is something to reap. */
  async #renew(client: StoreClient, enters: boolean): Promise<boolean> {
    if (this.#hasLeft) return false;
    const askedAt = Date.now();
    const numbers = [Math.round(this.#options.leaseMs), LEAVING_MS, Number(enters)].map(String);
    const reply = await BEAT.run(client, [this.#prefix], [this.self.id, this.#fence, this.#view, ...numbers]);
    if (this.#hasLeft) return false;
    if (!Array.isArray(reply)) throw new Error(AWAY);
    const [now, due, views] = reply as unknown as readonly [number, number, readonly unknown[]];
    this.#clockDifference = (askedAt + Date.now()) / 2 - now;
    const live = views.flatMap((view) => parseMember(view) ?? []);
    this.#live = live.toSorted((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1));
    return due > 0;
  }
}

/** @returns undefined for what is not a gateway. */
function parseMember(view: unknown): GatewayMember | undefined {
  if (typeof view !== "string") return undefined;
  const [id, name, since] = JSON.parse(view) as readonly unknown[];
  return { id: String(id), name: String(name), since: Number(since) };
}
