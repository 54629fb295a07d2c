"""How often something may be done: upstash-ratelimit's sliding window, one Redis call a question.

    wait = await limits.wait(Limit("sign-in mail", requests=5, seconds=900), "ada@example.com")
    if wait: ...                                        # seconds until it is worth asking again

When Redis is away the answer is DependencyDown. What that means is the caller's to say: whoever mails strangers
refuses, whoever shows a page may let it pass. Identifiers are hashed, so that no address stands in Redis.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from upstash_ratelimit import SlidingWindow
from upstash_ratelimit.asyncio import Ratelimit

from shared.redis import Redis


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`. The name keeps its counts apart from other limits' in Redis."""

    name: str
    requests: int
    seconds: int


class RateLimits(Protocol):
    async def wait(self, limit: Limit, who: str) -> int:
        """Count one request: 0 if it may pass, else the seconds until one might. Raises DependencyDown."""
        ...


class RedisRateLimits:
    def __init__(self, redis: Redis, now: Callable[[], float]) -> None:
        self._redis = redis
        self._now = now

    async def wait(self, limit: Limit, who: str) -> int:
        window = SlidingWindow(max_requests=limit.requests, window=limit.seconds)
        asked = Ratelimit(self._redis.sdk, window, prefix=f"limit:{limit.name}")
        async with self._redis.guarded():
            answer = await asked.limit(sha256(who.encode()).hexdigest())
        return 0 if answer.allowed else max(1, math.ceil(answer.reset - self._now()))
