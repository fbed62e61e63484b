-- KEYS: meta, log, by time, by change; ARGV: epoch, fence, token, entry, until, now, most or '' to lift
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local known = redis.call('ZSCORE', KEYS[3], ARGV[4])
local inForce = known and tonumber(known) > tonumber(ARGV[6])
if ARGV[7] == '' then
  if not inForce then
    return {'OK', '1'}
  end
elseif redis.call('ZCOUNT', KEYS[3], '(' .. ARGV[6], '+inf') - (inForce and 1 or 0)
    >= tonumber(ARGV[7]) then
  return {'OK', '0'}
end
local change = redis.call('HINCRBY', KEYS[1], 'revocation', 1)
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4])
redis.call('ZADD', KEYS[4], change, ARGV[4])
return {'OK', '1'}
