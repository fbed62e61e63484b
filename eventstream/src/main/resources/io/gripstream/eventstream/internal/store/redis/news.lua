-- KEYS: meta, log; ARGV: epoch, fence, token, the entry after which news is asked for or '', most entries
-- Answers whether entries were trimmed before they were asked for, and per entry: id, writer, what moved.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local answer = {'OK', '0'}
local from = '-'
if ARGV[4] ~= '' then
  from = '(' .. ARGV[4]
  local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  if not first or later(first[1], ARGV[4]) then
    answer[2] = '1'
  end
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', ARGV[5])) do
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = entry[2][2]
  answer[#answer + 1] = entry[2][4]
  answer[#answer + 1] = entry[2][8]
end
return answer
