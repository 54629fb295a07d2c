"""A client in a process of its own, to be stopped in the middle of its work: `paused.py URL TOKEN LEASE`."""

import asyncio
import sys
import time

from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.idempotency import New, RedisRequests
from shared.idempotency.asked import Asked
from shared.redis import Redis


async def work(url: str, token: str, lease: float) -> None:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(token))
    async with Redis(settings, LocalBreaker("redis", time.monotonic), limit=30) as redis:
        requests = RedisRequests(redis, lease=lease)
        new = await requests.begin(Asked("k", "f"))
        assert isinstance(new, New)
        _say("began")
        await asyncio.to_thread(sys.stdin.readline)
        _say(str(await requests.complete(new, "late", owner="ada")))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


asyncio.run(work(sys.argv[1], sys.argv[2], float(sys.argv[3])))
