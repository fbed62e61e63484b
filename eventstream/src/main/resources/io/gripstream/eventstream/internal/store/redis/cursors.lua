-- KEYS: meta, log, proxies, cursors; ARGV: epoch, fence, token, proxy, whether it owes a question, channel, id, …
-- Moves cursors on; they never go back.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
if ARGV[5] == '1' and redis.call('HEXISTS', KEYS[3], ARGV[4] .. '\nepoch') == 1 then
  redis.call('HSET', KEYS[3], ARGV[4] .. '\nowes', '1')
end
for i = 6, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[4], ARGV[i]) or '0')
  if tonumber(ARGV[i + 1]) > known then
    redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1])
  end
end
return {'OK'}
