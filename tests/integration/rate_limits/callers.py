"""Processes that ask one Redis, each with a client and clocks of its own."""

import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

from upstash_ratelimit import SlidingWindow
from upstash_ratelimit.asyncio import Ratelimit

from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.rate_limits import Limit, RedisRateLimits
from shared.redis import Redis

PATIENCE: Final = 20.0
"""Not the limits': 64 processes share a machine here."""


@dataclass
class Clock:
    """A wall clock that is wrong by `wrong` seconds, and a monotonic one that may have stood still."""

    wrong: float = 0.0
    stood_still: float = 0.0

    @property
    def world(self) -> World:
        return World(now=lambda: time.time() + self.wrong, monotonic=lambda: time.monotonic() - self.stood_still)


class Callers:
    def __init__(self, settings: RedisSettings, stack: AsyncExitStack) -> None:
        self.settings: Final = settings
        self._stack = stack

    async def client(self) -> Redis:
        return await self._stack.enter_async_context(Redis(self.settings, LocalBreaker("redis", time.monotonic)))

    async def ours(self, clock: Clock | None = None) -> RedisRateLimits:
        return RedisRateLimits(await self.client(), (clock or Clock()).world, patience=PATIENCE)

    async def plain(self, limit: Limit) -> Ratelimit:
        return Ratelimit((await self.client()).sdk, SlidingWindow(limit.requests, limit.seconds), prefix="plain")
