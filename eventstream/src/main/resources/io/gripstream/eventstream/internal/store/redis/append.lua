-- KEYS: meta, log, last, due, writers; then a stream per channel, then the idempotency keys
-- ARGV: epoch, id and token of the newest known entry of the log, writer, number of the batch,
--   time, command and channel of the wake-up, most entries of the log, milliseconds of a key,
--   number of channels, per channel: name, when its events are old;
--   number of drafts, and these
-- Answers OK, the entry of the log, and per draft the id on each of its channels: negative if its key
-- names an event that was there, 0 if it names one on others of its channels only. Then nothing is stored.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local writer, batch, at = ARGV[4], tonumber(ARGV[5]), ARGV[6]
local token = writer .. ':' .. ARGV[5]
local done = redis.call('HGET', KEYS[5], writer)
if done then
  done = tonumber(string.match(done, '^%d+'))
  if done > batch then
    return {'LATE'}
  end
  if done == batch then
    -- It is here a second time: the answer to the first did not arrive.
    for _, entry in ipairs(redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 10000)) do
      if entry[2][2] == token then
        return {'OK', entry[1], entry[2][6]}
      end
    end
    return {'GONE'}
  end
end

local channels = tonumber(ARGV[11])
local names, dues, p = {}, {}, 12
for i = 1, channels do
  names[i], dues[i] = ARGV[p], ARGV[p + 1]
  p = p + 2
end
local before = redis.call('HMGET', KEYS[3], unpack(names))
local first, last = {}, {}
for i = 1, channels do
  last[i] = tonumber(before[i] or '0')
  first[i] = last[i]
end

local results = {}
local drafts = tonumber(ARGV[p])
p = p + 1
for d = 1, drafts do
  -- type, data, skipped users, number of channels, per channel: its number, the index of its key or 0
  local kind, data, skipped, count = ARGV[p], ARGV[p + 1], ARGV[p + 2], tonumber(ARGV[p + 3])
  p = p + 4
  local ids, known = {}, false
  for i = 1, count do
    local key = tonumber(ARGV[p + 2 * i - 1])
    local id = key > 0 and redis.call('GET', KEYS[key])
    known = known or id
    ids[i] = id and '-' .. id or '0'
  end
  for i = 1, count do
    local channel, key = tonumber(ARGV[p]), tonumber(ARGV[p + 1])
    p = p + 2
    if not known then
      last[channel] = last[channel] + 1
      local id = text(last[channel])
      ids[i] = id
      if skipped == '' then
        redis.call('XADD', KEYS[5 + channel], '0-' .. id, 'a', at, 't', kind, 'd', data)
      else
        redis.call('XADD', KEYS[5 + channel], '0-' .. id, 'a', at, 't', kind, 'd', data, 's', skipped)
      end
      if key > 0 then
        redis.call('SET', KEYS[key], id, 'PX', ARGV[10])
      end
    end
  end
  results[d] = table.concat(ids, ':')
end

local heads, moved, due = {}, {}, {}
for i = 1, channels do
  if last[i] > first[i] then
    heads[#heads + 1] = names[i]
    heads[#heads + 1] = text(last[i])
    moved[#moved + 1] = names[i] .. '\n' .. text(first[i] + 1) .. '\n' .. text(last[i])
    due[#due + 1] = dues[i]
    due[#due + 1] = names[i]
  end
end
local answer = table.concat(results, ',')
if #heads == 0 then
  return {'OK', '', answer}
end
redis.call('HSET', KEYS[3], unpack(heads))
redis.call('ZADD', KEYS[4], 'NX', unpack(due))
local entry = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[9], '*',
  'w', token, 'm', table.concat(moved, '\n'), 'r', answer, 'a', at)
redis.call('HSET', KEYS[5], writer, ARGV[5] .. ':' .. at)
redis.call(ARGV[7], ARGV[8], writer)
return {'OK', entry, answer}
