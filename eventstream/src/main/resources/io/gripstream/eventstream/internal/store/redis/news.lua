-- KEYS: meta, log; ARGV: epoch, fence, token, the entry after which news is asked for or '', most entries
-- Answers the news, as the prelude says.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
return news({'OK'}, ARGV[4], ARGV[5])
