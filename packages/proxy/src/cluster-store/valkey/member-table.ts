import { MAX_GATEWAYS } from "../bounds.ts";
import {
  type ClusterState,
  GatewayFenced,
  type MemberBeat,
  type MemberTable,
  type ReapedGateway,
  type ReapLimits,
} from "../session.ts";
import type { StoreClient } from "./client.ts";
import { LEASE_FUNCTIONS } from "./lease-functions.ts";
import { StoreScript } from "./script.ts";

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
local live = redis.call('ZRANGE', p .. 'gateways', '(' .. now, '+inf', 'BYSCORE', 'LIMIT', 0, ${MAX_GATEWAYS})
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

/** The gateways by the ends of their leases, and what is freed where these have ended. */
export class ValkeyMemberTable implements MemberTable {
  readonly #client: StoreClient;
  readonly #prefix: string;

  /** @param prefix - of all keys. */
  constructor(client: StoreClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  async beat({ id, fence, view, leaseMs, leavingMs, enters }: MemberBeat): Promise<ClusterState> {
    const numbers = [leaseMs, leavingMs, Number(enters)].map(String);
    const reply = await BEAT.run(this.#client, [this.#prefix], [id, fence, view, ...numbers]);
    if (!Array.isArray(reply)) throw new GatewayFenced();
    const [now, due, views] = reply as unknown as readonly [number, number, readonly unknown[]];
    return { now, isDue: due > 0, views };
  }

  async reap({ most, leavingMs }: ReapLimits, gateway = ""): Promise<ReapedGateway | undefined> {
    const reply = await REAP.run(this.#client, [this.#prefix], [`${most}`, `${leavingMs}`, gateway]);
    if (!Array.isArray(reply)) return undefined;
    const [view, , isLast] = reply as readonly unknown[];
    return { view, isLast: isLast === 1 };
  }
}
