-- KEYS: meta, log; ARGV: epoch, fence, token, the life of the server, bytes to write
-- The caller finds all it knows on this server, which may be another one than before. Also: whether
-- it can be written.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
if redis.call('HGET', KEYS[1], 'life') ~= ARGV[4] then
  redis.call('HSET', KEYS[1], 'life', ARGV[4])
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[1], 'checked', ARGV[5])
end
return {'OK'}
