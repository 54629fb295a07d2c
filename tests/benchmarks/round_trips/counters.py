"""Counters beside cashews' counter with an expiry, quotas beside upstash-ratelimit's fixed window."""

from itertools import count

from upstash_ratelimit import FixedWindow
from upstash_ratelimit.asyncio import Ratelimit

from shared.counters import HOUR, Away, Counters, Quota, Quotas
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair

LIMIT = 1_000_000


async def pairs(clients: Clients) -> list[Pair]:
    counters, quotas = Counters(clients.redis), Quotas(clients.redis)
    quota = Quota(name="bench", limit=LIMIT, window=HOUR, away=Away.CLOSED)
    fixed = Ratelimit(clients.upstash, FixedWindow(max_requests=LIMIT, window=HOUR.seconds), prefix="fixed")
    tokens = (f"run-{number}" for number in count())
    return [
        Pair(
            "counter: add",
            lambda: counters.add("bench", "ada"),
            "cashews incr",
            lambda: clients.cashews.incr("bench-count", expire=HOUR.seconds),
        ),
        Pair(
            "quota: take",
            lambda: quotas.take(quota, "ada", token=next(tokens)),
            "upstash-ratelimit, no tokens",
            lambda: fixed.limit("ada"),
        ),
    ]
