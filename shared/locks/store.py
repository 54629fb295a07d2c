"""A lock as Redis holds it: one hash, one script for each step, one round trip each.

    lock:<hash of the name> = {owner, until, fence, gone}

    owner, until    whose it is, and to which millisecond of Redis' clock; the lease is over when it is past, but
                    until another acquires, its owner has lost nothing and can renew
    fence           of the last acquisition: max(the one before + 1, Redis' TIME in microseconds)
    gone            the owner that released last; a late `acquire` of that owner (its answer was given up, the
                    question was still on its way) must not take the lock for one who will never release it

The fences of one name only ever grow:

    Redis keeps its data          whatever its clock does: the one before is in the hash. The hash is kept a day
                                  longer than its fence is ahead of the clock, so after it has expired the clock is
                                  past the fence, unless it is set back by more than that day
    all or some data are lost     (FLUSHALL, an empty restart, a failover that lost the last writes) the clock stands
                                  in: as long as Redis' new clock is not behind the old one by more than the time since
                                  the fence was given. Fences run ahead of the clock only by one for each acquisition
                                  while it stands still or was set back

A lease that seems longer than any may be is one of before the clock was set back. It ends at most LONGEST_LEASE after
another has first asked: nobody waits until the clock has caught up.

What is *not* kept through lost data is exclusion: whoever held the lock still believes so until the next renewal, or
its lease's end, while another may acquire it. Then the larger fence wins, where a record checks it.

Numbers are exact: microseconds since 1970 fit into 53 bits until the year 2255.
"""

from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final

from shared.redis import Redis, Script, Word
from shared.script_answers import another_form, number, numbers

KEPT_MS: Final = 24 * 3600 * 1000
LONGEST_LEASE: Final = 900.0
"""A Lambda lives no longer."""

_START: Final = """
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)
local lock = redis.call('HMGET', KEYS[1], 'owner', 'until', 'fence', 'gone')
local owner, fence = lock[1], tonumber(lock[3] or '0')
local function keep(lease)
  local ahead = math.max(lease, math.ceil((fence - micros) / 1000), 0)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ahead + ARGV[2]))
end
"""
"""For every script: ARGV is the owner, how long a hash is kept, and the script's own."""

ACQUIRE: Final = Script(
    _START
    + """
local lease, longest = tonumber(ARGV[3]), tonumber(ARGV[4])
if lock[4] == ARGV[1] then return {2, 0, 0} end
if owner ~= ARGV[1] then
  local left = tonumber(lock[2] or '0') - now
  if left > longest then
    left = longest
    redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + left))
  end
  if owner and left > 0 then return {0, 0, left} end
  fence = math.max(fence + 1, micros)
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'until', string.format('%.0f', now + lease),
  'fence', string.format('%.0f', fence))
keep(lease)
return {1, fence, lease}
"""
)

RENEW: Final = Script(
    _START
    + """
local lease = tonumber(ARGV[3])
if owner ~= ARGV[1] or lock[3] ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + lease))
keep(lease)
return 1
"""
)

RELEASE: Final = Script(
    _START
    + """
if owner == ARGV[1] then redis.call('HDEL', KEYS[1], 'owner', 'until') end
redis.call('HSET', KEYS[1], 'gone', ARGV[1])
keep(0)
return owner == ARGV[1] and 1 or 0
"""
)


class Verdict(IntEnum):
    BUSY = 0
    HAD = 1
    RELEASED = 2
    """This owner has released it; another acquisition needs another owner."""


@dataclass(frozen=True, slots=True)
class Asked:
    verdict: Verdict
    fence: int
    left: float
    """Seconds: of the owner's lease, whoever that is."""


class LockStore:
    """The three steps. Each raises DependencyDown, and may have been done or not then; each may be sent again."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def acquire(self, name: str, owner: str, lease: float, *, within: float | None = None) -> Asked:
        args: list[Word] = [owner, KEPT_MS, _ms(lease), _ms(LONGEST_LEASE)]
        answer = await self._redis.run(ACQUIRE, keys=[key(name)], args=args, within=within)
        verdict, fence, left = numbers(answer, 3)
        if verdict not in list(Verdict) or fence < 0 or not 0 <= left <= _ms(LONGEST_LEASE):
            raise another_form()
        return Asked(Verdict(verdict), fence, left / 1000)

    async def renew(self, name: str, owner: str, fence: int, lease: float, *, within: float | None = None) -> bool:
        """Whether it is still the owner's, with this fence."""
        args: list[Word] = [owner, KEPT_MS, _ms(lease), str(fence)]
        return number(await self._redis.run(RENEW, keys=[key(name)], args=args, within=within)) == 1

    async def release(self, name: str, owner: str, *, within: float | None = None) -> bool:
        """Whether it was the owner's until now."""
        return number(await self._redis.run(RELEASE, keys=[key(name)], args=[owner, KEPT_MS], within=within)) == 1


def key(name: str) -> str:
    """Hashed, because a name may hold whose invoice it is."""
    return f"lock:{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))
