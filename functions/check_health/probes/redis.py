"""Redis: what is set is got."""

from typing import Final

from functions.check_health.probing import Probe
from shared.clock import World
from shared.errors import DependencyDown
from shared.redis import Redis

KEY: Final = "health:probe"
LIVES: Final = 60
"""Seconds."""


def probe(redis: Redis, world: World) -> Probe:
    async def look() -> None:
        written = world.token()
        await redis.call("SET", KEY, written, "EX", LIVES)
        if await redis.call("GET", KEY) != written:
            raise DependencyDown("redis", "it does not get what was just set")

    return look
