"""One acquire and one release of a free lock, beside redis-py's Lock, which has no fence."""

from itertools import count

from shared.clock import World
from shared.locks import Locks
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair


async def pairs(clients: Clients) -> list[Pair]:
    locks = Locks(clients.redis, World())
    names = (f"bench-{number}" for number in count())

    async def ours() -> None:
        async with locks.hold(next(names), lease=30.0, wait=1.0):
            pass

    async def theirs() -> None:
        async with clients.redis_py.lock(next(names), timeout=30.0, blocking_timeout=1.0):
            pass

    return [Pair("lock: acquire and release", ours, "redis-py Lock", theirs)]
