"""The three things that a cache does in Redis. KEYS are a Slot's: entry, lease, the key's version, its tags' versions.

An entry is a hash: `value`, its `seal`, `by` whom it was stored, and in milliseconds when its computation `began`, how
long it `took` and when it is no longer fresh (`soft`). Its hard TTL is its expiry. A lease is its owner and the seal
that the owner saw: under other versions it holds nobody up. What began later than now, or is leased for longer than
anything is, is of before the clock of Redis was set back, and is taken for nothing.

A computation's TTLs count from its end, or from the end of its lease if that was earlier: a process that was paused
in the middle brings a value of long ago.
"""

from typing import Final

from shared.redis import Script

_COMMON: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function names(from)
  local some = {}
  for place = from, #KEYS do some[#some + 1] = KEYS[place] end
  return some
end

-- What is sealed with the versions of this moment. One that is lost is replaced by `fresh`; without that there is none.
local function sealed(tagged, fresh, keep)
  local versions = redis.call('MGET', unpack(names(3)))
  local seal = tagged
  for place = 1, #KEYS - 2 do
    local version = versions[place]
    if not version then
      if not fresh then return nil end
      version = fresh
      redis.call('SET', KEYS[place + 2], version, 'PX', keep)
    end
    seal = seal .. ',' .. version
  end
  return seal
end

local function release(owner)
  local lease = redis.call('GET', KEYS[2])
  if lease and string.sub(lease, 1, #owner + 1) == owner .. ' ' then redis.call('DEL', KEYS[2]) end
end
"""

LOOKUP: Final = Script(
    _COMMON
    + """
local owner, tagged, lease_ms, keep, gap, unreadable = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]

-- Whether the caller is the one that computes now; asked again, it still is.
local function elected(seal)
  local mine, lease = owner .. ' ' .. seal, redis.call('GET', KEYS[2])
  local holds = lease and lease ~= mine and string.sub(lease, -#seal - 1) == ' ' .. seal
  if holds and redis.call('PTTL', KEYS[2]) <= tonumber(lease_ms) then return false end
  redis.call('SET', KEYS[2], mine, 'PX', lease_ms)
  return true
end

local seal = sealed(tagged, nil, nil)
if seal then
  local entry = redis.call('HMGET', KEYS[1], 'seal', 'by', 'soft', 'took', 'value', 'began')
  if entry[1] == seal and entry[2] ~= unreadable and tonumber(entry[6]) <= now then
    local soft, took = tonumber(entry[3]), tonumber(entry[4])
    local word = now < soft and 'fresh' or 'stale'
    local mine = now + took * gap >= soft and elected(seal)
    return {word, mine and 1 or 0, seal, string.format('%.0f', now), entry[2], entry[5]}
  end
else
  -- The owner's name is new, and the time makes it so even if this very call were to run twice.
  seal = sealed(tagged, owner .. '.' .. time[1] .. '.' .. time[2], keep)
end
return {'miss', elected(seal) and 1 or 0, seal, string.format('%.0f', now), '', ''}
"""
)
"""ARGV: owner, tagged, lease in ms, a version's life in ms, gap, whose entry was found unreadable.

Gives: fresh, stale or miss; 1 for the one who is to compute; the seal; the time; who stored it; the value.
"""

STORE: Final = Script(
    _COMMON
    + """
local owner, tagged, seal, began = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local soft_ms, hard_ms, keep = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local lease_ms, value = tonumber(ARGV[8]), ARGV[9]
local took = math.max(now - began, 0)
local late = math.max(took - lease_ms, 0)

release(owner)
if sealed(tagged, nil, nil) ~= seal then return 'invalidated' end
local there = redis.call('HMGET', KEYS[1], 'seal', 'began')
if there[1] == seal and tonumber(there[2]) > began and tonumber(there[2]) <= now then return 'older' end
if late >= hard_ms then return 'late' end
redis.call(
  'HSET', KEYS[1], 'value', value, 'seal', seal, 'by', owner, 'began', ARGV[4],
  'took', string.format('%.0f', took - late), 'soft', string.format('%.0f', now + soft_ms - late)
)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', hard_ms - late))
for _, version in ipairs(names(3)) do
  if redis.call('PTTL', version) < keep then redis.call('PEXPIRE', version, keep) end
end
return 'stored'
"""
)
"""ARGV: owner, tagged, seal and time of the lookup, ms until the soft and the hard TTL, a version's life, the
lease's length, value.

Gives `stored`; `invalidated` when a version has moved since the lookup; `older` when one computed later is there;
`late` when the computation outlasted its lease by the hard TTL.
"""

RELEASE: Final = Script(_COMMON + "release(ARGV[1])\nreturn 'released'\n")
"""ARGV: owner. Lets the next caller compute at once."""
