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

