"""A process of its own that takes a place and keeps it until it is killed: `holder.py URL TOKEN NAME OF LEASE`."""

import asyncio
import sys
import time

from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.bulkheads import Bulkheads
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis


async def main(url: str, token: str, name: str, of: str, lease: str) -> None:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(token))
    async with (
        Redis(settings, LocalBreaker("redis", time.monotonic), limit=30) as redis,
        Bulkheads(redis, World()).place(name, of=int(of), lease=float(lease)),
    ):
        sys.stdout.write("ready 1\n")
        sys.stdout.flush()
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
