"""Our client beside what it is built on, and the hop that all of ours pay here and none of the peers on RESP."""

from typing import Final

from shared.redis import Script
from tests.benchmarks.round_trips.clients import Clients
from tests.benchmarks.round_trips.pair import Pair

SCRIPT: Final = Script("return redis.call('GET', KEYS[1])")


async def pairs(clients: Clients) -> list[Pair]:
    await clients.redis.call("SET", "bench:word", "x" * 100)
    sha = await clients.upstash.script_load(SCRIPT.text)
    return [
        Pair(
            "upstash-redis GET",
            lambda: clients.upstash.get("bench:word"),
            "redis-py GET: the REST hop",
            lambda: clients.redis_py.get("bench:word"),
        ),
        Pair(
            "Redis.call",
            lambda: clients.redis.call("GET", "bench:word"),
            "upstash-redis GET",
            lambda: clients.upstash.get("bench:word"),
        ),
        Pair(
            "Redis.run",
            lambda: clients.redis.run(SCRIPT, keys=["bench:word"]),
            "upstash-redis EVALSHA",
            lambda: clients.upstash.evalsha(sha, keys=["bench:word"]),
        ),
    ]
