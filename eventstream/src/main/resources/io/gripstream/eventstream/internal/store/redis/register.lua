-- KEYS: meta, log, proxies, last, cursors; ARGV: epoch, fence, token, proxy, "new" if its cursors are there
-- Answers whether the proxy is known. What it is new to, it owes its clients a question about.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local name, epoch = ARGV[4], redis.call('HGET', KEYS[3], ARGV[4] .. '\nepoch')
if epoch == ARGV[1] then
  return {'OK', '1'}
end
if not epoch and ARGV[5] ~= 'new' then
  local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
  return {'OK', '0', newest and newest[1] or '0-0'}
end
redis.call('HSET', KEYS[3], name .. '\nepoch', ARGV[1], name .. '\nowes', '1')
if not epoch then
  redis.call('HSET', KEYS[3], name .. '\ndone', ARGV[6])
end
return {'OK', '1'}
