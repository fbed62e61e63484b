-- KEYS: meta, log, proxies; ARGV: epoch, fence, token, proxy, most entries
-- Answers the entry of the log that the proxy is done with, '' if it is not known, and the news after that.
local no = refused(ARGV[1], ARGV[2], ARGV[3])
if no then
  return no
end
local done = redis.call('HGET', KEYS[3], ARGV[4] .. '\ndone')
if not done then
  return {'OK', '', '0'}
end
return news({'OK', done}, done, ARGV[5])
