"""How many may use a costly service at once, over all Lambdas: a semaphore whose places are leased.

    async with bulkheads.place("ai", of=10, lease=60.0):
        ...                                   # with the lease's end as its deadline

    free ──take──▶ taken until its lease's end ──given back──▶ free
                      └──its holder died, the lease is over──▶ free

In Redis it is one sorted set: who has a place, by the end of its lease on Redis' clock. One script takes a place,
and clears away those whose lease is over. The block's deadline is its lease (shared.deadline), so that every client
that keeps to deadlines has ended its call before the place can be another's.

When Redis is away this process allows `alone` at once by itself and says so (`degraded`): Lambdas that
work one request at a time then have no bound but their number.
"""

import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from shared import deadline, degraded
from shared.clock import World
from shared.errors import DependencyDown, RetryableError
from shared.locks.held import DRIFT
from shared.locks.store import LONGEST_LEASE
from shared.locks.waiting import Waiting
from shared.redis import Redis, Script, Word
from shared.script_answers import number
from shared.shielded import finished

LEASE: Final = 60.0
GIVE_BACK_WITHIN: Final = 0.5
SOONEST: Final = 1.0
LATEST: Final = 5.0
"""Most places are given back long before their lease is over."""

TAKE: Final = Script(
    """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local places, lease = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
-- No lease ends so late: it dates from before the clock was set back.
redis.call('ZREMRANGEBYSCORE', KEYS[1], string.format('(%.0f', now + ARGV[4]), '+inf')
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= places then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return first[2] and first[2] - now or 0
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + lease), ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2])
return -1
"""
)


class BulkheadFull(RetryableError):
    """Every place is taken."""

    code = "bulkhead_full"


class Bulkheads:
    def __init__(self, redis: Redis, world: World) -> None:
        self._redis = redis
        self._world = world
        self._here: Counter[str] = Counter()
        """Places that this process has, those in Redis and its own."""

    @asynccontextmanager
    async def place(
        self, name: str, *, of: int, lease: float = LEASE, wait: float = 0.0, alone: int = 1
    ) -> AsyncIterator[None]:
        """One of `of` places for the block, within `wait` seconds. `name` is a word of ours, and goes with one `of`.

        Raises BulkheadFull, and DeadlineReached when no time is left.
        """
        if of < 1 or not 0 < lease <= LONGEST_LEASE:
            raise ValueError(f"a bulkhead has places, and a lease is of more than 0 to {LONGEST_LEASE:g} seconds")
        owner = self._world.token()
        try:
            ends_at = await self._taken(name, owner, of=of, lease=lease, wait=wait, alone=alone)
        except BulkheadFull as full:
            if full.data["in_doubt"]:
                await finished(self._give_back(name, owner))
            raise
        except BaseException:
            await finished(self._give_back(name, owner))
            raise
        self._here[name] += 1
        try:
            with deadline.within(ends_at - self._world.monotonic(), self._world.monotonic):
                yield
        finally:
            self._here[name] -= 1
            await finished(self._give_back(name, owner))

    async def _taken(self, name: str, owner: str, *, of: int, lease: float, wait: float, alone: int) -> float:
        """When the place's lease is over, by our own clock, counted from when the place was asked for."""
        waiting = Waiting(self._world, wait)
        in_doubt = False
        while True:
            asked_at = self._world.monotonic()
            free_in = 0
            try:
                args: list[Word] = [owner, of, max(1, int(lease * 1000)), int(LONGEST_LEASE * 1000)]
                free_in = number(await self._redis.run(TAKE, keys=[_key(name)], args=args))
                had = free_in < 0
            except DependencyDown:
                in_doubt = True
                had = self._here[name] < alone
                degraded.to("redis", "local bulkheads")
            ends_at = asked_at + lease * (1 - DRIFT)
            if had and ends_at > self._world.monotonic():
                return ends_at
            if not await waiting.another_try():
                soon = math.ceil(min(max(free_in / 1000, SOONEST), LATEST))
                raise BulkheadFull(f"every place of {name!r} is taken", retry_after=soon, in_doubt=in_doubt)

    async def _give_back(self, name: str, owner: str) -> None:
        """What can't be given back now comes back when its lease is over."""
        for _ in range(2):
            with suppress(DependencyDown):
                await self._redis.call("ZREM", _key(name), owner, within=GIVE_BACK_WITHIN)
                return


def _key(name: str) -> str:
    return f"bulkhead:{name}"
