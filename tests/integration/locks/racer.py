"""A process of its own whose clients each add one to a number, under the lock: `racer.py URL TOKEN CLIENTS`.

Reading and writing are two commands with a pause between: without the lock most additions are lost.
"""

import asyncio
import sys
import time

from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.locks import Locks
from shared.redis import Redis


async def add_one(settings: RedisSettings) -> None:
    async with (
        Redis(settings, LocalBreaker("redis", time.monotonic), limit=30) as redis,
        Locks(redis, World()).hold("number", lease=20, wait=90),
    ):
        number = int(await redis.call("GET", "number") or 0)
        await asyncio.sleep(0.005)
        await redis.call("SET", "number", number + 1)


async def main(url: str, token: str, clients: str) -> None:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(token))
    await asyncio.gather(*(add_one(settings) for _ in range(int(clients))))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
