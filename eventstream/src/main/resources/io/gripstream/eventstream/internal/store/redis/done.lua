-- KEYS: meta, log, proxies; ARGV: epoch, fence, token, proxy, the entry of the log that it is done with,
--   whether it owes a question
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local field = ARGV[4] .. '\ndone'
local known = redis.call('HGET', KEYS[3], field)
if known and later(ARGV[5], known) then
  redis.call('HSET', KEYS[3], field, ARGV[5])
  if ARGV[6] == '1' then
    redis.call('HSET', KEYS[3], ARGV[4] .. '\nowes', '1')
  end
end
return {'OK'}
