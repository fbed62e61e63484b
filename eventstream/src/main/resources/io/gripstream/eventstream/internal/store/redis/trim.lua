-- KEYS: meta, log, last, trimmed, due, stream
-- ARGV: epoch, fence, token, channel, older than, time to live, most events or 0, forgotten up to, most removed
-- Removes the oldest events of a channel; answers whether there is more to remove.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local name, cut, size, forget = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[7]), tonumber(ARGV[8])
local function at(id)
  local row = redis.call('XRANGE', KEYS[6], '0-' .. text(id), '+', 'COUNT', 1)[1]
  return row and tonumber(row[2][2])
end
local last = tonumber(redis.call('HGET', KEYS[3], name) or '0')
local first = redis.call('XRANGE', KEYS[6], '-', '+', 'COUNT', 1)[1]
if not first then
  redis.call('ZREM', KEYS[5], name)
  return {'OK', '0'}
end
local oldest = tonumber(string.sub(first[1], 3))
local keep = oldest
if tonumber(first[2][2]) < cut then
  -- The first event that is young enough lies after "keep" and not after "high".
  local high = last + 1
  while keep < high do
    local middle = math.floor((keep + high) / 2)
    if at(middle) < cut then
      keep = middle + 1
    else
      high = middle
    end
  end
end
if size > 0 then
  keep = math.max(keep, last - size + 1)
end
keep = math.min(math.max(keep, forget + 1), last + 1)
local more = '0'
if keep - oldest > tonumber(ARGV[9]) then
  keep = oldest + tonumber(ARGV[9])
  more = '1'
end
if keep > oldest then
  redis.call('HSET', KEYS[4], name, text(keep - 1))
  if keep > last then
    redis.call('UNLINK', KEYS[6])
    redis.call('ZREM', KEYS[5], name)
    return {'OK', more}
  end
  redis.call('XTRIM', KEYS[6], 'MINID', '0-' .. text(keep))
end
redis.call('ZADD', KEYS[5], text(at(keep) + tonumber(ARGV[6])), name)
return {'OK', more}
