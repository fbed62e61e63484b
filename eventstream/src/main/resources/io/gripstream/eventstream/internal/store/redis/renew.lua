-- KEYS: meta, log; ARGV: the epoch that is to end or '' for any, the new one, the life of the server
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if ARGV[1] == '' or epoch == ARGV[1] then
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'life', ARGV[3], 'layout', '1')
  epoch = ARGV[2]
end
return {'OK', epoch}
