"""What a shared breaker does in Redis: three scripts over one hash, judged by Redis' own clock.

    n       openings in a row; it numbers the opening, so that nobody closes a later one than was probed
    until   when the rest is over, in ms; 0 when closed
    probe   when the elected probe's lease is over, in ms
    by      whose probe it is

The hash is forgotten some time after its last change, and a breaker that is not there is closed.
"""

from typing import Final

from shared.script import Script

_NOW: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function number(field)
  local found = tonumber(redis.call('HGET', KEYS[1], field) or '0')
  if found and found >= 0 and found < 2 ^ 53 then return found end
  return 0
end
local function until_then(at, most)
  local left = at - now
  if left > 0 and left <= tonumber(most) then return left end
  return 0
end
"""
"""A time that is further ahead than any that is set here is over: the clock has jumped, or something else wrote it."""

LOOK: Final = Script(
    _NOW
    + """
local n, ends = number('n'), number('until')
if ends == 0 then return {0, n, 0} end
local rest, lease = until_then(ends, ARGV[4]), until_then(number('probe'), ARGV[2])
if rest > 0 then return {1, n, rest} end
if lease > 0 then return {1, n, math.min(lease, tonumber(ARGV[3]))} end
redis.call('HSET', KEYS[1], 'probe', string.format('%.0f', now + ARGV[2]), 'by', ARGV[1])
return {2, n, 0}
"""
)
"""{0 closed | 1 left alone | 2 elected, openings, ms to wait}. ARGV: the caller's token, a probe's lease in ms,
the longest wait while another probes, in ms: that may be over long before its lease is, the longest rest in ms."""

OPEN: Final = Script(
    _NOW
    + """
local n, ends = number('n'), number('until')
local elected = redis.call('HGET', KEYS[1], 'by') == ARGV[1]
local left, lease = until_then(ends, ARGV[7]), until_then(number('probe'), ARGV[8])
if left > 0 then return {0, n, left} end
if not elected and lease > 0 then return {0, n, math.min(lease, tonumber(ARGV[6]))} end
local rest = math.floor(math.min(ARGV[3], ARGV[2] * 2 ^ math.min(n, 20)) * ARGV[4])
redis.call('HSET', KEYS[1], 'n', n + 1, 'until', string.format('%.0f', now + rest), 'probe', 0, 'by', '')
redis.call('PEXPIRE', KEYS[1], rest + ARGV[5])
return {1, n + 1, rest}
"""
)
"""{1 opened by this | 0 open already, openings, ms}. ARGV: token, first rest, longest, jitter, ms to remember,
the longest wait while another probes, the longest rest with its jitter, a probe's lease."""

CLOSE: Final = Script(
    _NOW
    + """
if redis.call('HGET', KEYS[1], 'by') ~= ARGV[1] then return {0, 0, 0} end
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'until', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('HSET', KEYS[1], 'probe', 0, 'by', '')
return {1, 0, 0}
"""
)
"""{1 if the caller's probe decided, 0, 0}. ARGV: token, 1 to close or 0 to let another probe, ms to remember it."""
