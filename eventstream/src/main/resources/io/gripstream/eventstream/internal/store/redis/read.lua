-- KEYS: meta, log, last, trimmed, stream; ARGV: epoch, fence, token, channel, after, up to, events, bytes
-- Answers the head, the first id, and per event one text, which costs both sides less than a list of fields: time,
-- type, skipped users and data, each but the last in a line of its own. Ids have no hole.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local last = redis.call('HGET', KEYS[3], ARGV[4]) or '0'
local trimmed = redis.call('HGET', KEYS[4], ARGV[4]) or '0'
local answer = {'OK', last, trimmed, '0'}
local after, most, bytes = tonumber(ARGV[5]), tonumber(ARGV[7]), tonumber(ARGV[8])
local upto = math.min(tonumber(ARGV[6]), tonumber(last))
after = math.max(after, tonumber(trimmed))
local count, weight, chunk = 0, 0, 8
while after < upto and count < most and weight < bytes do
  local rows = redis.call('XRANGE', KEYS[5], '0-' .. text(after + 1), '0-' .. text(upto),
    'COUNT', math.min(chunk, most - count))
  if #rows == 0 then
    break
  end
  if count == 0 then
    answer[4] = string.sub(rows[1][1], 3)
  end
  for _, row in ipairs(rows) do
    if weight >= bytes then
      break
    end
    local fields = row[2]
    local skipped = fields[8] or ''
    answer[#answer + 1] = fields[2] .. '\n' .. fields[4] .. '\n' .. skipped .. '\n' .. fields[6]
    count = count + 1
    weight = weight + #fields[4] + #fields[6]
    if skipped ~= '' then
      local _, commas = string.gsub(skipped, ',', '')
      weight = weight + #skipped + 64 * (commas + 1) - commas
    end
  end
  after = tonumber(string.sub(rows[#rows][1], 3))
  chunk = math.min(chunk * 2, 256)
end
return answer
