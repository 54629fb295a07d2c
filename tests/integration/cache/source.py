"""What the cache's tests compute from, and the ways they reach into time and the network."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from infra.local.faults import Exchange, Fault, FaultProxy, Http
from shared.breakers import LocalBreaker
from shared.cache import Cache, Policy
from shared.cache.names import Names
from shared.cache.shape import shape_of
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis

NAME = "tests"
NAMES = Names(NAME, shape_of(TypeAdapter(str)))
POLICY = Policy(fresh=60, stale=600, absent=30, eagerness=0)
"""Nothing happens early by chance."""


@dataclass
class Source:
    """The true value. A computation reads it at its beginning, and ends when `gate` is open."""

    value: str | None = "one"
    calls: int = 0
    error: BaseException | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def read(self) -> str | None:
        self.calls += 1
        value = self.value
        self.begun.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return value


@dataclass
class Wire:
    """Judges the exchanges with Redis: counts them, and can spoil the next of a kind."""

    names: list[str] = field(default_factory=list)
    spoiled: str = ""
    fault: Fault | None = None
    down: bool = False
    outage: int = 0
    """Exchanges that do not get through before all is well again."""

    def __call__(self, exchange: Exchange) -> Fault | None:
        self.names.append(exchange.name)
        if self.down or self.outage > 0:
            self.outage -= 1
            return Fault(forwarded=False)
        if not exchange.name.startswith(self.spoiled):
            return None
        fault, self.fault = self.fault, None
        return fault

    def lose(self, name: str) -> None:
        """The answer to the next exchange of that name is lost after it was given."""
        self.spoiled, self.fault = name, Fault(forwarded=True)


def cache_of(redis: Redis, policy: Policy = POLICY, world: World | None = None) -> Cache[str]:
    """Whose patience no pause of the machine ends."""
    return Cache(redis, world or World(), name=NAME, values=TypeAdapter(str), policy=replace(policy, patience=30))


def unbroken() -> LocalBreaker:
    """A breaker that never opens."""
    return LocalBreaker("redis", time.monotonic, failures=1_000_000)


@asynccontextmanager
async def lambdas(settings: RedisSettings, count: int) -> AsyncIterator[list[Redis]]:
    """Clients that share nothing but the database."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Redis(settings, unbroken(), limit=30)) for _ in range(count)]


@asynccontextmanager
async def behind(wire: Wire, settings: RedisSettings) -> AsyncIterator[Redis]:
    """A client whose every exchange the wire sees."""
    where = urlsplit(settings.upstash_redis_rest_url)
    upstream = (str(where.hostname), where.port or 0)
    async with FaultProxy("redis", Http(), upstream, wire) as proxy:
        through = settings.model_copy(update={"upstash_redis_rest_url": f"http://{proxy.authority}"})
        async with Redis(through, unbroken(), limit=30) as redis:
            yield redis


async def make_stale(redis: Redis, key: str) -> None:
    """Its soft TTL is over."""
    assert await redis.call("HSET", NAMES.entry(key), "soft", 0) == 0


async def let_lease_end(redis: Redis, key: str) -> None:
    """What becomes of the lease of a Lambda that died, without the wait."""
    assert await redis.call("DEL", NAMES.slot(key, ()).lease) == 1


async def until(condition: Callable[[], object]) -> None:
    """Wait for what a task of the test's own will bring about."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - counts are no events
            await asyncio.sleep(0.005)
