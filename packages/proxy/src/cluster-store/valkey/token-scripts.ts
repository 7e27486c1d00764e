import {
  FORGET_AFTER_MS,
  LOG_ENTRIES,
  MAX_RECORD_BYTES,
  REVOKED,
  SAME_TIME_MS,
  TRIMMED,
  VALID,
  WRITE_AFTER_MS,
} from "../bounds.ts";
import { StoreScript } from "./script.ts";

/** What is withdrawn must be written even by a store that is full. The log's keys are the first two. */
const LOGGING = `#!lua flags=allow-oom
local function append(kind, id)
  local number = redis.call('INCR', KEYS[2])
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ${LOG_ENTRIES}, '*', 'number', number, 'kind', kind, 'id', id)
end
local function startsWith(value, start)
  return string.sub(value, 1, #start) == start
end
`;

/** The store's own clock, in milliseconds since the epoch: it is one for all gateways. */
const CLOCK = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

/** Removes tokens that have expired from the list. Its keys are `listed` and `expiries`. */
const TRIM = `${CLOCK}
local function trim(listed, expiries, max)
  local expired = redis.call('ZRANGE', expiries, '-inf', clock(), 'BYSCORE', 'LIMIT', 0, max)
  if #expired > 0 then
    redis.call('ZREM', listed, unpack(expired))
    redis.call('ZREM', expiries, unpack(expired))
  end
  return #expired
end
`;

/** KEYS: record, listed, expiries. ARGV: record, until when it is kept, its place in the list, its expiry. */
export const ISSUE: StoreScript = new StoreScript(`${TRIM}
if tonumber(ARGV[2]) <= clock() then
  return redis.error_reply('CLOCK the clock of the store is more than a day ahead of that of the gateway')
end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
trim(KEYS[2], KEYS[3], ${TRIMMED})
`);

/** KEYS: listed, expiries. ARGV: how many at most. Returns how many left. */
export const TRIM_LIST: StoreScript = new StoreScript(`${TRIM}
return trim(KEYS[1], KEYS[2], tonumber(ARGV[1]))
`);

/**
 * KEYS: log, logCount, listed, expiries, and records. ARGV: the time, and the ids of the records. Returns each record as it
 * is then, `false` where there is none, and an empty text where it is malformed.
 */
export const REVOKE: StoreScript = new StoreScript(`${LOGGING}
local records = {}
for index = 2, #ARGV do
  local key = KEYS[index + 3]
  local record = redis.pcall('GETRANGE', key, 0, ${MAX_RECORD_BYTES})
  if type(record) == 'table' or #record > ${MAX_RECORD_BYTES} then
    append('revoked', ARGV[index])
    record = ''
  elseif record == '' then
    record = false
  elseif startsWith(record, '${VALID}') then
    append('revoked', ARGV[index])
    local created = string.match(record, '^{"created_at":(%d+)') or '0'
    local place = string.format('%016.0f:%s', created, ARGV[index])
    record = '${REVOKED}' .. ARGV[1] .. ',' .. string.sub(record, 2)
    redis.call('SET', key, record, 'KEEPTTL')
    redis.call('ZREM', KEYS[3], place)
    redis.call('ZREM', KEYS[4], place)
  elseif not startsWith(record, '${REVOKED}') then
    append('revoked', ARGV[index])
    record = ''
  end
  records[index - 1] = record
end
return records
`);

/** KEYS: records. Returns for each whether it is there and not revoked, as 1 or 0. */
export const ARE_VALID: StoreScript = new StoreScript(`
local valid = {}
for index, key in ipairs(KEYS) do
  local start = redis.pcall('GETRANGE', key, 0, ${VALID.length - 1})
  valid[index] = start == '${VALID}' and 1 or 0
end
return valid
`);

/**
 * KEYS: log, logCount, locks. ARGV: id, time, the lock as JSON, or an empty text for one that was lifted, and how many there
 * may be. Returns the version of what is written, which is later than that of what was there. With so many, a lock that
 * was lifted is not remembered.
 */
export const WRITE_LOCK: StoreScript = new StoreScript(`${LOGGING}
local current = redis.call('HGET', KEYS[3], ARGV[1])
local isFull = redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[4])
local isLifted = ARGV[3] == ''
if isFull and not current and not isLifted then
  return redis.error_reply('FULL there are ' .. ARGV[4] .. ' locks, and there may be no more')
end
local version = tonumber(string.match(current or '', '^(%d+) ')) or 0
local written = string.format('%.0f', math.max(tonumber(ARGV[2]), version + 1))
if isFull and isLifted then redis.call('HDEL', KEYS[3], ARGV[1])
else redis.call('HSET', KEYS[3], ARGV[1], written .. ' ' .. ARGV[3]) end
append('lock', ARGV[1])
return written
`);

/** KEYS: log, logCount, locks. ARGV: id, version and JSON, of each lock. Writes those that are later than what is there. */
export const MERGE_LOCKS: StoreScript = new StoreScript(`${LOGGING}
for index = 1, #ARGV, 3 do
  local current = redis.call('HGET', KEYS[3], ARGV[index]) or ''
  local version = tonumber(string.match(current, '^(%d+) ')) or 0
  if tonumber(ARGV[index + 1]) > version then
    redis.call('HSET', KEYS[3], ARGV[index], ARGV[index + 1] .. ' ' .. ARGV[index + 2])
    append('lock', ARGV[index])
  end
end
`);

/**
 * KEYS: firstUses, lastUses. ARGV: the digest, the time, and how many are kept at most. Returns the first use.
 */
export const FIRST_USE: StoreScript = new StoreScript(`${CLOCK}
local now = clock()
local first = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or nil)
local last = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or nil)
local at = tonumber(ARGV[2])
local isKnown = first and last and now - last < ${FORGET_AFTER_MS}
if not isKnown or at + ${SAME_TIME_MS} < first then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  first = at
end
if not isKnown or now - last >= ${WRITE_AFTER_MS} then redis.call('ZADD', KEYS[2], now, ARGV[1]) end
if not isKnown then
  local excess = math.min(redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[3]), ${TRIMMED})
  local dropped = redis.call('ZRANGE', KEYS[2], '-inf', now - ${FORGET_AFTER_MS}, 'BYSCORE', 'LIMIT', 0, ${TRIMMED})
  if excess > #dropped then dropped = redis.call('ZRANGE', KEYS[2], 0, excess - 1) end
  if #dropped > 0 then
    redis.call('HDEL', KEYS[1], unpack(dropped))
    redis.call('ZREM', KEYS[2], unpack(dropped))
  end
end
return string.format('%.0f', first)
`);

/**
 * KEYS: firstUses, lastUses. ARGV: digest and first use, of each token. Writes those that are earlier than what is there, also
 * into a store that is full: no gateway connects before.
 */
export const MERGE_FIRST_USES: StoreScript = new StoreScript(`#!lua flags=allow-oom
${CLOCK}
for index = 1, #ARGV, 2 do
  local first = tonumber(redis.call('HGET', KEYS[1], ARGV[index]) or nil)
  if not first or tonumber(ARGV[index + 1]) < first then
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
    redis.call('ZADD', KEYS[2], clock(), ARGV[index])
  end
end
`);

/** KEYS: used. ARGV: until when it is kept, and the token, of each. Writes those that are not there, as {@link MERGE_FIRST_USES}. */
export const MERGE_USED: StoreScript = new StoreScript(`#!lua flags=allow-oom
for index = 1, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'NX', ARGV[index], ARGV[index + 1]) end
`);

/** KEYS: used. ARGV: the token, until when it is kept, and how many are kept at most. Returns 1 for its first use, else 0. */
export const USE_ONCE: StoreScript = new StoreScript(`${CLOCK}
local old = redis.call('ZRANGE', KEYS[1], '-inf', clock(), 'BYSCORE', 'LIMIT', 0, ${TRIMMED})
if #old > 0 then redis.call('ZREM', KEYS[1], unpack(old)) end
if redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  return redis.error_reply('FULL ' .. ARGV[3] .. ' single-use tokens were used and have not expired')
end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
return 1
`);
