-- What all scripts begin with. KEYS[1] is the hash "meta", KEYS[2] the stream "log" of the channels' bucket.

-- Entry a of the log is later than entry b.
local function later(a, b)
  local ams, aseq = string.match(a, '^(%d+)-(%d+)$')
  local bms, bseq = string.match(b, '^(%d+)-(%d+)$')
  ams, aseq, bms, bseq = tonumber(ams), tonumber(aseq), tonumber(bms), tonumber(bseq)
  return ams > bms or (ams == bms and aseq > bseq)
end

-- What the caller knows to be stored is not there: this server lacks the last writes.
local function lost(id, token)
  if id == '' then
    return false
  end
  local found = redis.call('XRANGE', KEYS[2], id, id)[1]
  if found then
    return found[2][2] ~= token
  end
  -- The log is trimmed, but never whole.
  local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
  return not first or not later(first[1], id)
end

-- Nothing is done on a storage that is not the one that the caller opened.
local function refused(epoch, id, token)
  local known = redis.call('HGET', KEYS[1], 'epoch')
  if known ~= epoch then
    return {'EPOCH', known or ''}
  end
  if lost(id, token) then
    return {'LOST'}
  end
  return nil
end

local function text(number)
  return string.format('%.0f', number)
end

-- Puts into the answer whether entries of the log were trimmed after "after", and per entry later than that: id,
-- writer, what moved, when. After '': all entries.
local function news(answer, after, most)
  local trimmed = #answer + 1
  answer[trimmed] = '0'
  local from = '-'
  if after ~= '' then
    from = '(' .. after
    local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
    if not first or later(first[1], after) then
      answer[trimmed] = '1'
    end
  end
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', most)) do
    answer[#answer + 1] = entry[1]
    answer[#answer + 1] = entry[2][2]
    answer[#answer + 1] = entry[2][4]
    answer[#answer + 1] = entry[2][8]
  end
  return answer
end

