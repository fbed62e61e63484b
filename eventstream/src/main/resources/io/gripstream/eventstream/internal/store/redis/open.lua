-- KEYS: meta, log; ARGV: an epoch for a bucket that is made now, or '' if none is to be made; the life of the
--   server; the number of buckets
-- Answers the epoch, whether it was made now, the life of the server that was last vouched for,
-- the newest entry of the log with its writer, the number of buckets, and whether the storage had all of them.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
local made = '0'
if not epoch and ARGV[1] ~= '' then
  epoch = ARGV[1]
  made = '1'
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'life', ARGV[2], 'layout', '1', 'buckets', ARGV[3])
end
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local known = redis.call('HMGET', KEYS[1], 'life', 'buckets', 'whole')
return {'OK', epoch or '', made, known[1] or '', newest and newest[1] or '', newest and newest[2][2] or '',
  known[2] or ARGV[3], known[3] or '0'}
