"""The limits that all processes share, and what holds of each while Redis is away.

Identifiers are hashed, so that no address stands in Redis. A Redis that has lost its data has forgotten what was
counted: every limit begins anew.
"""

import math
from dataclasses import replace
from hashlib import sha256
from typing import Final

from upstash_ratelimit.asyncio import Ratelimit

from shared import degraded
from shared.clock import World
from shared.errors import DependencyDown, RetryableError
from shared.rate_limits.local import LocalLimits
from shared.rate_limits.model import Away, Decision, Limit
from shared.rate_limits.window import Answer, RedisTime, Window
from shared.redis import Redis
from shared.script import Script

PATIENCE: Final = 0.5
"""Seconds for one question: a limit is not worth a longer wait than what it guards."""

GIVE_BACK: Final = Script("""
if tonumber(redis.call("GET", KEYS[1]) or 0) > 0 then
    return redis.call("DECR", KEYS[1])
end
return 0
""")


class RedisRateLimits:
    def __init__(self, redis: Redis, world: World, *, patience: float = PATIENCE) -> None:
        self._redis = redis
        self._time = RedisTime(world.now, world.monotonic)
        self._local = LocalLimits(world.monotonic)
        self._patience = patience

    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        """Count one request of `who`. Raises DependencyDown for a limit that is closed while Redis is away."""
        hashed = sha256(who.encode()).hexdigest()
        if away is None:
            try:
                return await self._shared(limit, hashed)
            except DependencyDown as error:
                away = error
        return self._stand_in(limit, hashed, away)

    async def give_back(self, decision: Decision) -> None:
        """Uncount a request. With Redis gone meanwhile, or no time left, it stays counted."""
        if not decision.counted_at:
            return
        if decision.away is not None:
            self._local.give_back(decision)
            return
        try:
            await self._redis.run(GIVE_BACK, keys=[decision.counted_at], within=self._patience)
        except RetryableError:
            degraded.to("redis", "a request stays counted")

    async def _shared(self, limit: Limit, hashed: str) -> Decision:
        window = Window(limit.requests, limit.seconds, self._time)
        asked = Ratelimit(self._redis.sdk, window, prefix=f"limit:{limit.name}")
        async with self._redis.guarded(self._patience):
            answer = await asked.limit(hashed)
        assert isinstance(answer, Answer)  # noqa: S101 - what a Window answers
        retry_after = math.ceil(answer.retry_in / 1000)
        return Decision(
            limit,
            allowed=answer.allowed,
            remaining=answer.remaining,
            reset=retry_after or math.ceil(answer.reset_in / 1000),
            retry_after=retry_after,
            counted_at=answer.key if answer.allowed else "",
        )

    def _stand_in(self, limit: Limit, hashed: str, away: DependencyDown) -> Decision:
        match limit.away:
            case Away.CLOSED:
                raise away
            case Away.OPEN:
                degraded.to("redis", "no rate limits")
                return Decision(limit, allowed=True, away=away)
            case Away.LOCAL:
                degraded.to("redis", "local rate limits")
                decision = self._local.ask(limit, hashed)
                return replace(decision, away=away)
