"""Idempotent requests in Redis, for work that MongoDB does not see. One script and one round trip a step.

The lease is the time within which whoever began must have ended; it is judged by Redis' clock. A holder that was paused
past its lease may find that another has taken over: what it completes then changes nothing.

Each step is safe to repeat for the same holder, so a lost answer is asked for again. Redis away: DependencyDown, and
nothing was done; if a `begin` was applied all the same, the key is in flight until the lease ends. The caller says what
then: closed (503) is right for whatever costs or mails something, and is what `perform` is.

A Redis that has forgotten (a restart without its data) lets a repeat do the work again: what must never happen twice
has its record in MongoDB.
"""

from collections.abc import Callable
from typing import Final

from shared.clock import new_token
from shared.idempotency.asked import Asked
from shared.idempotency.requests import WINDOW, Done, InFlight, Mismatch, New, Verdict
from shared.redis import Redis, Script, Word
from shared.script_answers import EXACT, another_form, number

WINDOW_MS: Final = int(WINDOW.total_seconds() * 1000)

# The fingerprint outlives the lease: of a request that died in the middle only its own repeat may go on.
BEGIN: Final = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local there = redis.call('HMGET', KEYS[1], 'fingerprint', 'holder', 'leased', 'reference')
if there[1] then
  if there[1] ~= ARGV[1] then return {'mismatch', ''} end
  if there[4] then return {'done', there[4]} end
  local left = tonumber(there[3]) - now
  if there[2] ~= ARGV[2] and left > 0 then return {'busy', string.format('%.0f', left)} end
end
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'holder', ARGV[2],
  'leased', string.format('%.0f', now + tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'new', ''}
""")

COMPLETE: Final = Script("""
if redis.call('HGET', KEYS[1], 'holder') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'reference', ARGV[2], 'owner', ARGV[3])
return 1
""")

ABANDON: Final = Script("""
local there = redis.call('HMGET', KEYS[1], 'holder', 'reference')
if there[1] ~= ARGV[1] or there[2] then return 0 end
return redis.call('DEL', KEYS[1])
""")


class RedisRequests:
    """`lease` is in seconds: more than the work may take, and as long as a dead caller blocks its own repeat."""

    def __init__(
        self, redis: Redis, *, lease: float, window_ms: int = WINDOW_MS, token: Callable[[], str] = new_token
    ) -> None:
        self._redis = redis
        self._lease_ms = round(lease * 1000)
        self._window_ms = window_ms
        self._token = token

    async def begin(self, asked: Asked, *, holder: str | None = None) -> Verdict:
        """`holder` is given by who asks again after a lost answer."""
        holder = holder or self._token()
        args: list[Word] = [asked.fingerprint, holder, self._lease_ms, self._window_ms]
        answer = await self._redis.run(BEGIN, keys=[_name(asked.id)], args=args, repeatable=True)
        match answer:
            case ["new", _]:
                return New(asked.id, holder)
            case ["busy", str(left)] if left.isdecimal() and len(left) < len(str(EXACT)):
                return InFlight(int(left) / 1000)
            case ["done", str(reference)]:
                return Done(reference)
            case ["mismatch", _]:
                return Mismatch()
        raise another_form()

    async def complete(self, new: New, reference: str, *, owner: str) -> bool:
        args = [new.holder, reference, owner]
        return number(await self._redis.run(COMPLETE, keys=[_name(new.id)], args=args, repeatable=True)) == 1

    async def abandon(self, new: New) -> bool:
        """Asked again after a lost answer it may say False, though it was we who freed the key."""
        return number(await self._redis.run(ABANDON, keys=[_name(new.id)], args=[new.holder], repeatable=True)) == 1


def _name(request: str) -> str:
    return f"idempotent:{request}"
