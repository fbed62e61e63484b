-- KEYS: meta, and all that the commands name
-- ARGV: who copies, then commands: how many words, and these
-- Carries out the commands of a copy while it is the one that is under way; answers their answers.
if redis.call('HGET', KEYS[1], 'copy') ~= ARGV[1] then
  return {'OTHER'}
end
local answer, p = {'OK'}, 2
while p <= #ARGV do
  local count = tonumber(ARGV[p])
  answer[#answer + 1] = redis.call(unpack(ARGV, p + 1, p + count))
  p = p + count + 1
end
return answer
