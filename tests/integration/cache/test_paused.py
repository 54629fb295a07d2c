"""A process that is paused in the middle of a computation, for longer than its lease, brings a value of long ago."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.processes import Child
from shared.cache import Cache, Policy
from shared.cache.shelf import Shelf
from shared.config import RedisSettings
from shared.redis import Redis
from tests.integration.cache.source import NAMES, POLICY, Source, cache_of

LEASE = 0.5
PATIENT = Policy(fresh=600, jitter=0, eagerness=0, lease=LEASE, wait=60, patience=20)


@asynccontextmanager
async def paused(settings: RedisSettings, redis: Redis, folder: Path) -> AsyncIterator[Child]:
    """A process that has read "old" and is stopped before it can store it."""
    await redis.call("SET", "truth", "old")
    token = settings.upstash_redis_rest_token.get_secret_value()
    options = [settings.upstash_redis_rest_url, token, str(LEASE)]
    argv = [sys.executable, "-m", "tests.integration.cache.sleeper", *options]
    child = await asyncio.to_thread(processes.start, "sleeper", argv, log_dir=folder)
    try:
        child.signal(signal.SIGSTOP)
        await redis.call("SET", "go", 1)
        yield child
    finally:
        child.kill()


async def wakes_up(child: Child) -> str:
    """Its last words: what it gave, and what became of that."""
    child.signal(signal.SIGCONT)
    assert await asyncio.to_thread(child._process.wait, 60) == 0
    return child.log.read_text().splitlines()[-1]


@pytest.fixture
def cache(redis: Redis) -> Cache[str]:
    return cache_of(redis, PATIENT)


async def test_it_replaces_nothing_that_began_later(
    cache: Cache[str], redis: Redis, empty_redis: RedisSettings, tmp_path: Path
) -> None:
    async with paused(empty_redis, redis, tmp_path) as child:
        assert await cache.get("a", Source("new").read) == "new"  # after its lease

        assert await wakes_up(child) == "old older"
    assert await cache.get("a", Source("newest").read) == "new"


async def test_it_brings_back_nothing_that_was_invalidated(
    cache: Cache[str], redis: Redis, empty_redis: RedisSettings, tmp_path: Path
) -> None:
    async with paused(empty_redis, redis, tmp_path) as child:
        await cache.invalidate("a")

        assert await wakes_up(child) == "old invalidated"
    assert await cache.get("a", Source("new").read) == "new"


async def test_when_the_newer_value_has_come_and_gone_its_own_is_too_old_as_well(
    cache: Cache[str], redis: Redis, empty_redis: RedisSettings, tmp_path: Path
) -> None:
    async with paused(empty_redis, redis, tmp_path) as child:
        await cache.get("a", Source("new").read)
        await asyncio.sleep(LEASE + 0.5)  # the TTL of the paused one's values
        await redis.call("DEL", NAMES.entry("a"))  # the newer value's hard TTL

        assert await wakes_up(child) == "old late"
    assert await cache.get("a", Source("new").read) == "new"


async def test_what_outlasts_its_lease_is_good_for_so_much_less(redis: Redis) -> None:
    """The lookup is made to have been 30 s ago by Redis' clock."""
    policy = Policy(fresh=60, stale=60, lease=10, patience=20)
    shelf, slot = Shelf(redis, NAMES, policy, time.monotonic), NAMES.slot("a", ())
    seen = await shelf.lookup(slot, "me", gap=0, unreadable="")
    seen = replace(seen, at=str(int(seen.at) - 30_000))

    assert await shelf.store(slot, "me", seen, "1n", (60_000, 120_000)) == "stored"
    took, soft = [int(word) for word in await redis.call("HMGET", slot.entry, "took", "soft")]
    assert took == 10_000
    assert soft == int(seen.at) + 10_000 + 60_000
    assert 60_000 < await redis.call("PTTL", slot.entry) <= 100_000


async def test_a_clock_that_was_set_back_lengthens_no_life(redis: Redis) -> None:
    """The entry and the lease are an hour ahead of Redis' clock, as they are when it is set back by that."""
    cache, source = cache_of(redis, POLICY), Source("old")
    await cache.get("a", source.read)
    entry, hour = NAMES.entry("a"), 3_600_000
    for field in ("began", "soft"):
        await redis.call("HINCRBY", entry, field, hour)
    source.value = "new"

    assert await cache.get("a", source.read) == "new"
    source.value = "newest"
    assert await cache.get("a", source.read) == "new"
    assert cache.counts["stored"] == 2


async def test_a_lease_of_before_the_clock_was_set_back_holds_nobody_up(redis: Redis) -> None:
    cache, slow, source = cache_of(redis, PATIENT), Source("old"), Source("new")
    slow.gate.clear()
    first = asyncio.create_task(cache.get("a", slow.read))
    await slow.begun.wait()
    assert await redis.call("PEXPIRE", NAMES.slot("a", ()).lease, 3_600_000) == 1

    assert await cache.get("a", source.read) == "new"
    assert cache.counts["impatient"] == 0
    slow.gate.set()
    assert await first == "old"
