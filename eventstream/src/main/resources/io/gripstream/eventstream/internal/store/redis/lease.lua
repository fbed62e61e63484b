-- KEYS: meta, log, lease; ARGV: epoch, fence, token, holder, milliseconds
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local holder = redis.call('GET', KEYS[3])
if holder and holder ~= ARGV[4] then
  return {'OK', '0'}
end
redis.call('SET', KEYS[3], ARGV[4], 'PX', ARGV[5])
return {'OK', '1'}
