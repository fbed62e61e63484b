-- KEYS: meta, log, writers, by time, by change; ARGV: epoch, fence, token, oldest entry of the log that is kept,
--   oldest writer, oldest end of a revocation
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if newest then
  local cut = ARGV[4] .. '-0'
  if later(cut, newest[1]) then
    cut = newest[1]
  end
  redis.call('XTRIM', KEYS[2], 'MINID', cut)
end
local writers = redis.call('HGETALL', KEYS[3])
for i = 1, #writers, 2 do
  if tonumber(string.match(writers[i + 1], '%d+$')) < tonumber(ARGV[5]) then
    redis.call('HDEL', KEYS[3], writers[i])
  end
end
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[6], 'LIMIT', 0, 1000)) do
  redis.call('ZREM', KEYS[4], entry)
  redis.call('ZREM', KEYS[5], entry)
end
return {'OK'}
