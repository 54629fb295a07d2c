"""A process of its own that computes a value for the cache: `sleeper.py URL TOKEN LEASE`.

It reads the truth, says `ready 1`, and goes on when the key `go` is there; then it says what its get gave and what
became of the value.
"""

import asyncio
import sys

from pydantic import SecretStr

from shared.cache import Policy
from shared.config import RedisSettings
from shared.redis import Redis
from tests.integration.cache.source import cache_of, unbroken


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def main(url: str, token: str, lease: str) -> None:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(token))
    async with Redis(settings, unbroken()) as redis:
        cache = cache_of(redis, Policy(fresh=0.5, jitter=0, eagerness=0, lease=float(lease), patience=20))

        async def compute() -> str | None:
            value: str | None = await redis.call("GET", "truth", within=20)
            say("ready 1")
            while await redis.call("EXISTS", "go", within=20) == 0:  # noqa: ASYNC110 - the event is in Redis
                await asyncio.sleep(0.05)
            return value

        gave = await cache.get("a", compute)
        became = [word for word in ("stored", "older", "invalidated", "late") if cache.counts[word]]
        say(f"{gave} {' '.join(became)}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
