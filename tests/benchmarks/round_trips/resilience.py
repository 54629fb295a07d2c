"""What stands around a call to another service: a place in a bulkhead, and a breaker that is closed."""

from itertools import count

from shared.breakers import SharedBreaker
from shared.bulkheads import Bulkheads
from shared.clock import World
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair


async def pairs(clients: Clients) -> list[Pair]:
    world = World()
    bulkheads = Bulkheads(clients.redis, world)
    breaker = SharedBreaker(lambda: clients.redis, "bench", world)
    names = (f"bench-{number}" for number in count())

    async def place() -> None:
        async with bulkheads.place("bench", of=10):
            pass

    async def lock() -> None:
        async with clients.redis_py.lock(next(names), timeout=60.0):
            pass

    async def guarded() -> None:
        async with breaker.guard():
            pass

    @clients.cashews.circuit_breaker(errors_rate=50, period=60, ttl=5)
    async def called() -> None:
        pass

    return [
        Pair("bulkhead: a place and back", place, "redis-py Lock: one place", lock),
        Pair("breaker, closed: one guard", guarded, "cashews circuit_breaker", called),
    ]
