-- KEYS: meta, log; ARGV: an epoch for a storage that is made now, the life of the server
-- Answers the epoch, whether it was made now, the life of the server that was last vouched for,
-- and the newest entry of the log with its writer.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local made = '0'
if not epoch then
  epoch = ARGV[1]
  made = '1'
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'life', ARGV[2], 'layout', '1')
end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
return {'OK', epoch, made, redis.call('HGET', KEYS[1], 'life') or '', newest and newest[1] or '',
  newest and newest[2][2] or ''}
