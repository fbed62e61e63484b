-- KEYS: meta, log, proxies; ARGV: epoch, fence, token, proxy or '' for all, '1' or '0'
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
if ARGV[4] ~= '' then
  if redis.call('HEXISTS', KEYS[3], ARGV[4] .. '\nowes') == 1 then
    redis.call('HSET', KEYS[3], ARGV[4] .. '\nowes', ARGV[5])
  end
  return {'OK'}
end
for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
  if string.sub(field, -5) == '\nowes' then
    redis.call('HSET', KEYS[3], field, ARGV[5])
  end
end
return {'OK'}
