"""Several Lambdas on one loop, whose computations and waits end when the state machine says so."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from pydantic import TypeAdapter

from shared.cache import Cache, Policy
from shared.cache.names import Names
from shared.cache.shape import shape_of
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis
from tests.integration.cache.source import NAME, Wire, behind

TAGS = {"a": ("t",), "b": ("t", "u"), "c": ()}
LAMBDAS = 3

Value = tuple[str, int]
"""The key, and the moment when its computation began."""

VALUES: TypeAdapter[Value] = TypeAdapter(Value)
NAMES = Names(NAME, shape_of(VALUES))


@dataclass(eq=False)
class Parked:
    """A task that goes on when it is told to: a computation, or a caller that waits."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None


@dataclass(eq=False)
class Getting:
    key: str
    floor: int
    """The last moment at which its key was invalidated, when it began."""
    task: asyncio.Task[Value | None]


class Fleet:
    """Made anew for each example; the clients and their wires last, because they are slow to make."""

    def __init__(self, runner: asyncio.Runner, wires: list[Wire], clients: list[Redis]) -> None:
        self._runner = runner
        self.wires = wires
        self.clients = clients
        self.moments = count(1)
        self.now = 0.0
        self.floors = dict.fromkeys(TAGS, 0)
        self.computing: list[Parked] = []
        self.waiting: list[Parked] = []
        self.getting: list[Getting] = []
        for wire in wires:
            wire.outage, wire.fault = 0, None
        self.run(clients[0].call("FLUSHALL"))
        self.caches = [self._cache(number) for number in range(LAMBDAS)]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def _cache(self, number: int) -> Cache[Value]:
        """The second one refreshes early whenever it may; nobody remembers values outside of Redis."""
        policy = Policy(
            fresh=600, stale=600, lease=600, wait=60, memo=0, patience=30, eagerness=1e9 if number == 1 else 0
        )
        world = World(monotonic=lambda: self.now, sleep=self._sleep, random=Random(number))
        return Cache(self.clients[number], world, name=NAME, values=VALUES, policy=policy)

    async def _sleep(self, _seconds: float) -> None:
        await self._park(self.waiting)

    async def _park(self, lot: list[Parked]) -> None:
        parked = Parked()
        lot.append(parked)
        try:
            await parked.go.wait()
        finally:
            lot.remove(parked)
        if parked.error is not None:
            raise parked.error

    async def begin(self, number: int, key: str, *, slow: bool) -> None:
        async def compute() -> Value:
            moment = next(self.moments)
            if slow:
                await self._park(self.computing)
            return key, moment

        getting = self.caches[number].get(key, compute, tags=TAGS[key])
        self.getting.append(Getting(key, self.floors[key], asyncio.ensure_future(getting)))
        await self._settle()

    async def go_on(self, parked: Parked) -> None:
        parked.go.set()
        await self._settle()

    async def end(self, some: list[Getting]) -> None:
        for one in some:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in some), return_exceptions=True)
        await self._settle()

    async def _settle(self) -> None:
        """Until every get has ended, is parked, or stands in line behind one that is."""
        while True:
            busy = sum(not one.task.done() for one in self.getting)
            makers = [line for cache in self.caches for line in cache._substitute._makers._lines.values()]
            in_line = sum(line.present - 1 for line in makers)
            parked = [*self.computing, *self.waiting]
            if busy <= len(parked) + in_line and not any(one.go.is_set() for one in parked):
                return
            await asyncio.sleep(0.0005)


@asynccontextmanager
async def connected(redis: RedisSettings) -> AsyncIterator[tuple[list[Wire], list[Redis]]]:
    wires = [Wire() for _ in range(LAMBDAS)]
    async with AsyncExitStack() as stack:
        yield wires, [await stack.enter_async_context(behind(wire, redis)) for wire in wires]
