import { StoreScript } from "./script.ts";
import { LEASE_FUNCTIONS } from "./lease-functions.ts";

/** What a fence refuses: the gateway has another one by now, or was reaped. */
const CHECK_FENCE = `
local gateway, fence = ARGV[1], ARGV[2]
if redis.call('HGET', p .. 'fences', gateway) ~= fence then return 'fenced' end
`;

/**
 * Decides as `acquire` of the slots of one gateway.
 *
 * ARGV: gateway, fence, lease id, what is known of the lease, whether it renews, max, max_per_client, the lesser of
 * max_per_token and maxSessions, max_per_instance, max_per_user, on_limit, whether users were asked, and the leases whose
 * users agreed.
 *
 * Answers `fenced`; or what was decided, the limit, the leases that it replaces or whose users to ask, and those that it
 * has to wait for: each as gateway/lease, what is known of it, and so on.
 */
export const ACQUIRE: StoreScript = new StoreScript(`#!lua
${LEASE_FUNCTIONS}
${CHECK_FENCE}
local id, known, onLimit = ARGV[3], ARGV[4], ARGV[11]
local lease = cjson.decode(known)
local max = {}
for i, name in ipairs({ 'all', 'client', 'token', 'instance', 'user' }) do max[name] = tonumber(ARGV[5 + i]) end

local function has(field)
  return tonumber(redis.call('HGET', counts, field) or 0)
end

local function describe(members)
  local list = {}
  for _, member in ipairs(members) do
    local _, text = find(member)
    list[#list + 1] = member
    list[#list + 1] = text
  end
  return list
end

local function grant(replaces)
  local beside, seen = {}, {}
  local keys = {}
  if lease.instance then keys[#keys + 1] = p .. 'leaving-instance:' .. lease.instance end
  if lease.user then keys[#keys + 1] = p .. 'leaving-user:' .. lease.user end
  for _, key in ipairs(keys) do
    for _, member in ipairs(redis.call('SMEMBERS', key)) do
      if not seen[member] then beside[#beside + 1] = member end
      seen[member] = true
    end
  end
  local answer = { 'granted', '', describe(replaces), describe(beside) }
  for _, member in ipairs(replaces) do leave(member, (find(member))) end
  announce(gateway, id, known)
  return answer
end

if ARGV[5] == '1' then
  if has('token:' .. lease.token) >= max.token then return { 'refused', 'max_per_token', {}, {} } end
  return grant({})
end

local replaces, reached = {}, nil
local function replaceOldest(key, most, limit)
  local before = replaces[1]
  local staying = redis.call('ZCARD', key)
  if before and redis.call('ZSCORE', key, before) then staying = staying - 1 end
  if staying < most then return end
  for _, member in ipairs(redis.call('ZRANGE', key, 0, 1)) do
    if member ~= before then
      reached = reached or limit
      replaces[#replaces + 1] = member
      return
    end
  end
end
if lease.instance then replaceOldest(p .. 'instance:' .. lease.instance, max.instance, 'max_per_instance') end
if lease.user then replaceOldest(p .. 'user:' .. lease.user, max.user, 'max_per_user') end
if reached and onLimit == 'refuse' then return { 'refused', reached, {}, {} } end

local all, ofClient, ofToken = has('all') - #replaces, has('client:' .. lease.group), has('token:' .. lease.token)
for _, member in ipairs(replaces) do
  local other = find(member)
  if other.group == lease.group then ofClient = ofClient - 1 end
  if other.token == lease.token then ofToken = ofToken - 1 end
end
if all >= max.all then return { 'refused', 'max', {}, {} } end
if ofClient >= max.client then return { 'refused', 'max_per_client', {}, {} } end
if ofToken >= max.token then return { 'refused', 'max_per_token', {}, {} } end

if reached and onLimit == 'ask' then
  if ARGV[12] ~= '1' then return { 'ask', reached, describe(replaces), {} } end
  local agreed = {}
  for i = 13, #ARGV do agreed[ARGV[i]] = true end
  for _, member in ipairs(replaces) do
    if not agreed[member] then return { 'refused', reached, {}, {} } end
  end
end
return grant(replaces)
`);

/**
 * Counts leases, even above a limit, and in a store that is full. ARGV: gateway, fence, and for each its id and what is known
 * of it.
 */
export const ANNOUNCE: StoreScript = new StoreScript(`#!lua flags=allow-oom
${LEASE_FUNCTIONS}
${CHECK_FENCE}
for i = 3, #ARGV, 2 do announce(gateway, ARGV[i], ARGV[i + 1]) end
return 'announced'
`);

/** Frees leases. ARGV: each as gateway/lease. */
export const RELEASE: StoreScript = new StoreScript(`#!lua flags=allow-oom
${LEASE_FUNCTIONS}
for _, member in ipairs(ARGV) do release(member) end
`);

/** Counts leases again that were leaving. ARGV: each as gateway/lease. */
export const RESTORE: StoreScript = new StoreScript(`#!lua flags=allow-oom
${LEASE_FUNCTIONS}
for _, member in ipairs(ARGV) do restore(member) end
`);
