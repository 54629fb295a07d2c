"""Time that stands still until a test moves it."""

import asyncio
import random
from dataclasses import dataclass, field

from shared.clock import World


@dataclass(slots=True)
class FakeTime:
    """`advance` wakes those whose sleep has passed, and lets them work."""

    seconds: float
    _sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self._sleepers.append((self.seconds + seconds, woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for at, woken in self._sleepers:
            if at <= self.seconds:
                woken.set()
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].is_set()]
        await settle()

    def world(self) -> World:
        return World(now=self.now, monotonic=self.now, sleep=self.sleep, random=random.Random(7))


async def settle() -> None:
    """Let every task run until it waits for something that only a test can give."""
    for _ in range(50):
        await asyncio.sleep(0)
