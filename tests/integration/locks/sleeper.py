"""A process of its own that holds a lock, renewed, until it loses it, and then writes all the same.

    sleeper.py URL TOKEN MONGODB_URI DATABASE

It says `ready 1` when it has the lock, `lost` when it has learnt that it is lost, and what became of its write.
"""

import asyncio
import sys
import time

from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import MongoSettings, RedisSettings
from shared.database import connect
from shared.locks import FencedOut, LockLost, Locks
from shared.locks.fenced import fenced_update
from shared.redis import Redis


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def main(url: str, token: str, uri: str, name: str) -> None:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(token))
    database = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(uri), mongodb_database=name))
    async with Redis(settings, LocalBreaker("redis", time.monotonic), limit=30) as redis:
        async with Locks(redis, World()).hold("record", lease=6, wait=60, keep=True) as held:
            await fenced_update(database.records, {"_id": "r"}, {"$set": {"by": "sleeper"}}, held.fence)
            say("ready 1")
            await held.lost.wait()
            try:
                held.check()
            except LockLost:
                say("lost")
            try:
                await fenced_update(database.records, {"_id": "r"}, {"$set": {"by": "sleeper again"}}, held.fence)
            except FencedOut:
                say("refused")
        say("over")
    database.client.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
