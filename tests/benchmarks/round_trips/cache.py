"""The cache beside cashews: bare, and with its lock, without which every caller of a missing key computes."""

from collections.abc import Awaitable, Callable
from itertools import count

from pydantic import TypeAdapter

from shared.cache import Cache, Policy
from shared.clock import World
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair

Profile = dict[str, str | list[int]]
PROFILE: Profile = {"name": "Ada", "mail": "ada@example.com", "teams": list(range(20))}


async def compute() -> Profile:
    return PROFILE


async def pairs(clients: Clients) -> list[Pair]:
    policy = Policy(fresh=600, stale=600)
    ours = Cache(clients.redis, World(), name="bench", values=TypeAdapter(Profile), policy=policy)
    bare = _by_cashews(clients, locked=False)
    locked = _by_cashews(clients, locked=True)
    keys = (f"new-{number}" for number in count())
    return [
        Pair("cache hit", lambda: ours.get("kept", compute), "cashews", lambda: bare("kept")),
        Pair("cache hit", lambda: ours.get("kept", compute), "cashews with its lock", lambda: locked("kept")),
        Pair("cache miss", lambda: ours.get(next(keys), compute), "cashews", lambda: bare(next(keys))),
        Pair("cache miss", lambda: ours.get(next(keys), compute), "cashews with its lock", lambda: locked(next(keys))),
    ]


def _by_cashews(clients: Clients, *, locked: bool) -> Callable[[str], Awaitable[Profile]]:
    @clients.cashews(ttl=600, key=f"bench-{locked}:{{key}}", lock=locked)
    async def cached(key: str) -> Profile:
        return await compute()

    return cached
