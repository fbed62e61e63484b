-- KEYS: meta, log, hash; ARGV: epoch, fence, token, field, value that was read or '', new value
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
if (redis.call('HGET', KEYS[3], ARGV[4]) or '') ~= ARGV[5] then
  return {'OK', '0'}
end
redis.call('HSET', KEYS[3], ARGV[4], ARGV[6])
return {'OK', '1'}
