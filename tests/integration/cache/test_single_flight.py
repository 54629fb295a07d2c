"""Many callers, one computation: who computes, who waits, who gets the stale value, and what a dead owner costs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared import deadline, degraded
from shared.cache import Cache, Policy
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DependencyDown, PermanentError
from shared.redis import Redis
from tests.integration.cache.source import POLICY, Source, cache_of, lambdas, let_lease_end, make_stale, until

PATIENT = Policy(fresh=60, stale=600, eagerness=0, lease=60, wait=60)


async def test_500_concurrent_misses_in_one_process_compute_once(redis: Redis) -> None:
    cache, source = cache_of(redis, PATIENT), Source()

    values = await asyncio.gather(*(cache.get("a", source.read) for _ in range(500)))

    assert values == ["one"] * 500
    assert source.calls == 1
    assert cache.counts["away"] == 0


async def test_500_concurrent_misses_in_20_lambdas_compute_once(empty_redis: RedisSettings) -> None:
    source = Source()
    source.gate.clear()
    async with lambdas(empty_redis, 20) as clients:
        caches = [cache_of(client, PATIENT) for client in clients]
        asked = [asyncio.create_task(cache.get("a", source.read)) for cache in caches for _ in range(25)]
        await source.begun.wait()
        await until(lambda: all(cache.counts["waited"] or cache.counts["computed"] for cache in caches))
        source.gate.set()

        assert await asyncio.gather(*asked) == ["one"] * 500
        assert source.calls == 1
        assert sum(cache.counts["away"] for cache in caches) == 0


async def test_while_one_refreshes_all_others_get_the_stale_value_at_once(empty_redis: RedisSettings) -> None:
    source = Source()
    async with lambdas(empty_redis, 3) as clients:
        caches = [cache_of(client, PATIENT) for client in clients]
        await caches[0].get("a", source.read)
        await make_stale(clients[0], "a")
        source.value = "two"
        source.gate.clear()
        source.begun.clear()
        refreshing = asyncio.create_task(caches[0].get("a", source.read))
        await source.begun.wait()

        others = await asyncio.gather(*(cache.get("a", source.read) for cache in caches for _ in range(20)))
        source.gate.set()

        assert others == ["one"] * 60
        assert await refreshing == "two"
        assert await caches[1].get("a", source.read) == "two"
        assert source.calls == 2
        assert sum(cache.counts["waited"] for cache in caches) == 0


@asynccontextmanager
async def dead_owner(cache: Cache[str]) -> AsyncIterator[None]:
    """The lease of "a" is held by a caller that is never heard of again: as others see it, it died."""
    dying = Source()
    dying.gate.clear()
    dead = asyncio.create_task(cache.get("a", dying.read))
    await dying.begun.wait()
    try:
        yield
    finally:
        dead.cancel()  # which lets go of the lease, so not before
        await asyncio.wait({dead})


async def test_when_the_owner_of_a_lease_dies_another_computes_at_its_end(empty_redis: RedisSettings) -> None:
    source = Source("two")
    async with lambdas(empty_redis, 4) as clients, dead_owner(cache_of(clients[0], PATIENT)):
        caches = [cache_of(client, PATIENT) for client in clients]
        waiting = [asyncio.create_task(cache.get("a", source.read)) for cache in caches[1:]]
        await until(lambda: all(cache.counts["waited"] for cache in caches[1:]))
        assert source.calls == 0
        await let_lease_end(clients[0], "a")

        assert await asyncio.gather(*waiting) == ["two"] * 3
        assert source.calls == 1


async def test_a_lease_ends_by_itself(redis: Redis) -> None:
    cache, source = cache_of(redis, Policy(fresh=60, eagerness=0, lease=0.05, wait=60)), Source("two")
    async with dead_owner(cache):
        assert await cache.get("a", source.read) == "two"


async def test_who_has_waited_long_enough_computes_for_itself(redis: Redis) -> None:
    slow, source = Source(), Source("two")
    slow.gate.clear()
    cache = cache_of(redis, Policy(fresh=60, eagerness=0, lease=60, wait=0.05))
    first = asyncio.create_task(cache.get("a", slow.read))
    await slow.begun.wait()

    assert await cache.get("a", source.read) == "two"
    assert cache.counts["impatient"] == 1
    slow.gate.set()
    assert await first == "one"
    # The first began earlier: what it saw does not replace what was seen later.
    assert await cache.get("a", source.read) == "two"
    assert cache.counts["older"] == 1


async def test_waiting_leaves_half_of_the_time_that_is_left_to_the_computation(redis: Redis) -> None:
    slow, source = Source(), Source("two")
    slow.gate.clear()
    cache = cache_of(redis, PATIENT)
    first = asyncio.create_task(cache.get("a", slow.read))
    await slow.begun.wait()

    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    waiting = cache_of(redis, PATIENT, World(monotonic=lambda: now, sleep=sleep))
    with deadline.within(80, lambda: now):
        assert await waiting.get("a", source.read) == "two"
    assert now == pytest.approx(40)
    slow.gate.set()
    assert await first == "one"


async def test_a_computation_that_fails_lets_the_next_caller_try_at_once(redis: Redis) -> None:
    cache, failing, source = cache_of(redis, PATIENT), Source(error=DependencyDown("mongodb", "away")), Source("two")

    with pytest.raises(DependencyDown, match="mongodb"):
        await cache.get("a", failing.read)

    assert await cache.get("a", source.read) == "two"
    assert cache.counts["waited"] == 0


async def test_a_refresh_that_can_be_tried_again_gives_the_stale_value_and_says_so(redis: Redis) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read)
    await make_stale(redis, "a")
    source.error = DependencyDown("mongodb", "away")

    with degraded.watched() as fallbacks:
        assert [await cache.get("a", source.read) for _ in range(3)] == ["one"] * 3

    assert fallbacks == {"mongodb": {"cache: stale"}}
    assert source.calls == 2  # the lease is left to run out: nobody tries again before


@pytest.mark.parametrize("error", [PermanentError("no such team"), TypeError("a fault")])
async def test_a_refresh_that_fails_for_good_is_not_hidden_by_a_stale_value(redis: Redis, error: Exception) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read)
    await make_stale(redis, "a")
    source.error = error

    with pytest.raises(type(error)):
        await cache.get("a", source.read)
    with pytest.raises(type(error)):
        await cache.get("a", source.read)


async def test_a_value_that_takes_long_is_computed_before_it_is_stale_by_one_caller(redis: Redis) -> None:
    source = Source()
    always = cache_of(redis, Policy(fresh=60, stale=60, eagerness=1e9, lease=60, wait=60))
    source.gate.clear()
    first = asyncio.create_task(always.get("a", source.read))
    await source.begun.wait()
    await asyncio.sleep(0.01)  # what makes it worth an early refresh
    source.gate.set()
    await first
    source.value = "two"
    source.begun.clear()
    source.gate.clear()

    early = asyncio.create_task(always.get("a", source.read))
    await source.begun.wait()
    assert await always.get("a", source.read) == "one"
    source.gate.set()
    assert await early == "two"
    assert source.calls == 2
    assert await cache_of(redis, POLICY, World()).get("a", source.read) == "two"
