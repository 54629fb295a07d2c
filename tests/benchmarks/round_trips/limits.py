"""One question to a rate limit, beside the library that it is built on, which counts by its caller's clock."""

from upstash_ratelimit import SlidingWindow
from upstash_ratelimit.asyncio import Ratelimit

from shared.clock import World
from shared.rate_limits import Away, Limit, RedisRateLimits
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair

REQUESTS, SECONDS = 1_000_000, 3600


async def pairs(clients: Clients) -> list[Pair]:
    limits = RedisRateLimits(clients.redis, World())
    limit = Limit("bench", requests=REQUESTS, seconds=SECONDS, away=Away.CLOSED)
    plain = Ratelimit(clients.upstash, SlidingWindow(max_requests=REQUESTS, window=SECONDS))
    return [Pair("rate limit", lambda: limits.ask(limit, "ada"), "upstash-ratelimit", lambda: plain.limit("ada"))]
