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
  return tonumber(redis.call('HGET', KEYS[1], field) or '0') or 0
end
"""

LOOK: Final = Script(
    _NOW
    + """
local n, ends = number('n'), number('until')
if ends == 0 then return {0, n, 0} end
if ends > now then return {1, n, ends - now} end
local lease = number('probe')
if lease > now then return {1, n, math.min(lease - now, tonumber(ARGV[3]))} end
redis.call('HSET', KEYS[1], 'probe', string.format('%.0f', now + ARGV[2]), 'by', ARGV[1])
return {2, n, 0}
"""
)
"""{0 closed | 1 left alone | 2 elected, openings, ms to wait}. ARGV: the caller's token, a probe's lease in ms,
the longest wait while another probes, in ms: that may be over long before its lease is."""

OPEN: Final = Script(
    _NOW
    + """
local n, ends = number('n'), number('until')
local elected = redis.call('HGET', KEYS[1], 'by') == ARGV[1]
if ends > now then return {0, n, ends - now} end
if not elected and number('probe') > now then return {0, n, math.min(number('probe') - now, tonumber(ARGV[6]))} end
local rest = math.floor(math.min(ARGV[3], ARGV[2] * 2 ^ math.min(n, 20)) * ARGV[4])
redis.call('HSET', KEYS[1], 'n', n + 1, 'until', string.format('%.0f', now + rest), 'probe', 0, 'by', '')
redis.call('PEXPIRE', KEYS[1], rest + ARGV[5])
return {1, n + 1, rest}
"""
)
"""{1 opened by this | 0 open already, openings, ms}. ARGV: token, first rest, longest, jitter, ms to remember,
the longest wait while another probes."""

CLOSE: Final = Script(
    _NOW
    + """
if redis.call('HGET', KEYS[1], 'by') ~= ARGV[1] then return 0 end
if ARGV[2] == '1' then
  redis.call('HSET', KEYS[1], 'until', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('HSET', KEYS[1], 'probe', 0, 'by', '')
return 1
"""
)
"""1 if the caller's probe decided. ARGV: token, 1 to close or 0 to let another probe, ms to remember the openings."""
