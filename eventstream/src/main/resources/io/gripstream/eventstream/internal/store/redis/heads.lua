-- KEYS: meta, log, last, trimmed; ARGV: epoch, fence, token, channels
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local names = {}
for i = 4, #ARGV do
  names[#names + 1] = ARGV[i]
end
local last = redis.call('HMGET', KEYS[3], unpack(names))
local trimmed = redis.call('HMGET', KEYS[4], unpack(names))
local answer = {'OK'}
for i = 1, #names do
  answer[#answer + 1] = last[i] or '0'
  answer[#answer + 1] = trimmed[i] or '0'
end
return answer
