-- KEYS: meta, log, by time, by change; ARGV: epoch, fence, token, after which change, now
-- After no change: all that are in force. Answers the last change, and per entry its name and time.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local answer = {'OK', redis.call('HGET', KEYS[1], 'revocation') or '0'}
if ARGV[4] == '0' then
  local all = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[5], '+inf', 'WITHSCORES')
  for i = 1, #all do
    answer[#answer + 1] = all[i]
  end
  return answer
end
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[4], '+inf')) do
  answer[#answer + 1] = entry
  answer[#answer + 1] = redis.call('ZSCORE', KEYS[3], entry)
end
return answer
