"""A client of Redis whose questions and answers can be lost."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from infra.local.faults import Exchange, Fault, FaultProxy, Http
from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.locks.store import key
from shared.redis import Redis

ANSWER_LOST = Fault(forwarded=True)
QUESTION_LOST = Fault(forwarded=False)


@dataclass
class Faulty:
    """Its next exchanges meet the given faults, in their order; None: none."""

    redis: Redis = field(init=False)
    faults: list[Fault | None] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def judge(self, exchange: Exchange) -> Fault | None:
        self.asked.append(exchange.name)
        return self.faults.pop(0) if self.faults else None


@asynccontextmanager
async def faulty_client(settings: RedisSettings) -> AsyncIterator[Faulty]:
    faulty = Faulty()
    where = urlsplit(settings.upstash_redis_rest_url)
    async with FaultProxy("redis", Http(), (str(where.hostname), where.port or 0), faulty.judge) as proxy:
        through = settings.model_copy(update={"upstash_redis_rest_url": f"http://{proxy.authority}"})
        async with Redis(through, LocalBreaker("redis", time.monotonic, failures=1_000), limit=30) as faulty.redis:
            yield faulty


async def expire(redis: Redis, name: str) -> None:
    """The lease of this lock is over, whoever has it."""
    await redis.call("HSET", key(name), "until", 1)
