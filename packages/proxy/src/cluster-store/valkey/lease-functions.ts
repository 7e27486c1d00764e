/**
 * Functions in Lua for the leases of sessions. `KEYS[1]` is the prefix of all keys.
 *
 * - `leases:<gateway>`: a hash of what is known of each lease, by its id. A lease is in it while it is counted or leaving.
 * - `counts`: a hash of how many are counted: `all`, `client:<group>`, `token:<id>`.
 * - `instance:<id>`, `user:<id>`: the counted leases of a machine or a user as `<gateway>/<lease>`, the oldest first.
 * - `leaving`: those that were replaced and may still run, by the store's clock; `leaving-instance:<id>`,
 *   `leaving-user:<id>`: the same of a machine or a user.
 */
export const LEASE_FUNCTIONS = `
local p = KEYS[1]
local counts = p .. 'counts'

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function split(member)
  local slash = string.find(member, '/', 1, true)
  return p .. 'leases:' .. string.sub(member, 1, slash - 1), string.sub(member, slash + 1)
end

local function find(member)
  local key, id = split(member)
  local known = redis.call('HGET', key, id)
  return known and cjson.decode(known), known
end

local function count(field, change)
  if redis.call('HINCRBY', counts, field, change) == 0 then redis.call('HDEL', counts, field) end
end

local function countAll(lease, change)
  count('all', change)
  count('client:' .. lease.group, change)
  count('token:' .. lease.token, change)
end

local function add(member, lease)
  countAll(lease, 1)
  if not (lease.instance or lease.user) then return end
  local number = redis.call('INCR', p .. 'lease-number')
  if lease.instance then redis.call('ZADD', p .. 'instance:' .. lease.instance, number, member) end
  if lease.user then redis.call('ZADD', p .. 'user:' .. lease.user, number, member) end
end

local function remove(member, lease)
  countAll(lease, -1)
  if lease.instance then redis.call('ZREM', p .. 'instance:' .. lease.instance, member) end
  if lease.user then redis.call('ZREM', p .. 'user:' .. lease.user, member) end
end

local function isLeaving(member)
  return redis.call('ZSCORE', p .. 'leaving', member)
end

local function leave(member, lease)
  remove(member, lease)
  redis.call('ZADD', p .. 'leaving', now(), member)
  if lease.instance then redis.call('SADD', p .. 'leaving-instance:' .. lease.instance, member) end
  if lease.user then redis.call('SADD', p .. 'leaving-user:' .. lease.user, member) end
end

local function left(member, lease)
  redis.call('ZREM', p .. 'leaving', member)
  if lease.instance then redis.call('SREM', p .. 'leaving-instance:' .. lease.instance, member) end
  if lease.user then redis.call('SREM', p .. 'leaving-user:' .. lease.user, member) end
end

local function announce(gateway, id, known)
  if redis.call('HSETNX', p .. 'leases:' .. gateway, id, known) == 1 then
    add(gateway .. '/' .. id, cjson.decode(known))
  end
end

local function restore(member)
  if not isLeaving(member) then return end
  local lease = find(member)
  left(member, lease)
  add(member, lease)
end

local function release(member)
  local lease = find(member)
  if not lease then return end
  if isLeaving(member) then left(member, lease) else remove(member, lease) end
  local key, id = split(member)
  redis.call('HDEL', key, id)
end
`;
