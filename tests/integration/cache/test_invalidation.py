"""An invalidation wins against every writer that began before it, whatever is lost on the way."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from infra.local.faults import Fault
from shared import degraded
from shared.cache import Cache
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.cache.source import NAMES, Source, Wire, behind, cache_of, lambdas, make_stale, until

Invalidating = Callable[[Cache[str]], Awaitable[None]]

WAYS: list[Invalidating] = [lambda cache: cache.invalidate("a"), lambda cache: cache.invalidate_tag("t")]
BOTH = pytest.mark.parametrize("invalidate", WAYS, ids=["by key", "by tag"])


async def slow_get(cache: Cache[str], source: Source) -> asyncio.Task[str | None]:
    """A get that has begun to compute, and goes on when the source's gate is opened."""
    source.gate.clear()
    task = asyncio.create_task(cache.get("a", source.read, tags=("t", "u")))
    await source.begun.wait()
    return task


@BOTH
async def test_what_is_cached_is_gone_for_every_lambda(empty_redis: RedisSettings, invalidate: Invalidating) -> None:
    source = Source()
    async with lambdas(empty_redis, 2) as clients:
        one, two = (cache_of(client) for client in clients)
        await one.get("a", source.read, tags=("t", "u"))
        source.value = "two"
        await invalidate(two)

        assert await one.get("a", source.read, tags=("t", "u")) == "two"


@BOTH
async def test_a_slow_writer_loses_when_nobody_has_looked_since(redis: Redis, invalidate: Invalidating) -> None:
    cache, slow, source = cache_of(redis), Source("old"), Source("new")
    writing = await slow_get(cache, slow)
    await invalidate(cache)
    slow.gate.set()
    assert await writing == "old"  # its get began before the invalidation
    assert cache.counts["invalidated"] == 1

    assert await cache.get("a", source.read, tags=("t", "u")) == "new"


@BOTH
async def test_a_slow_writer_loses_when_another_has_stored_since(redis: Redis, invalidate: Invalidating) -> None:
    cache, slow, source = cache_of(redis), Source("old"), Source("new")
    writing = await slow_get(cache, slow)
    await invalidate(cache)
    # The lease of the slow one is from before the invalidation: it holds nobody up.
    assert await cache.get("a", source.read, tags=("t", "u")) == "new"
    assert cache.counts["waited"] == 0
    slow.gate.set()
    assert await writing == "old"

    assert await cache.get("a", source.read, tags=("t", "u")) == "new"
    assert source.calls == 1


@BOTH
async def test_a_slow_refresh_of_a_stale_value_loses_too(redis: Redis, invalidate: Invalidating) -> None:
    cache, slow, source = cache_of(redis), Source("old"), Source("new")
    await cache.get("a", source.read, tags=("t", "u"))
    await make_stale(redis, "a")
    writing = await slow_get(cache, slow)
    await invalidate(cache)
    slow.gate.set()
    await writing

    assert await cache.get("a", source.read, tags=("t", "u")) == "new"
    assert source.calls == 2


@BOTH
async def test_a_stale_value_is_not_given_after_an_invalidation(redis: Redis, invalidate: Invalidating) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read, tags=("t", "u"))
    await make_stale(redis, "a")
    await invalidate(cache)
    source.error = DependencyDown("mongodb", "away")

    with pytest.raises(DependencyDown):
        await cache.get("a", source.read, tags=("t", "u"))


@BOTH
async def test_who_waits_for_a_computation_that_is_invalidated_computes_anew(
    empty_redis: RedisSettings, invalidate: Invalidating
) -> None:
    slow, source = Source("old"), Source("new")
    async with lambdas(empty_redis, 2) as clients:
        one, two = (cache_of(client) for client in clients)
        writing = await slow_get(one, slow)
        waiting = asyncio.create_task(two.get("a", source.read, tags=("t", "u")))
        await until(lambda: two.counts["waited"])
        await invalidate(one)

        assert await waiting == "new"
        slow.gate.set()
        await writing


@BOTH
async def test_one_that_comes_while_another_of_its_process_still_looks_does_not_take_that_answer(
    empty_redis: RedisSettings, invalidate: Invalidating
) -> None:
    """A lookup that was answered before the invalidation, and arrives after it, is for its own caller alone."""
    wire, source, answered, arrive = Wire(), Source("old"), asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        answered.set()
        await arrive.wait()

    async with behind(wire, empty_redis) as redis, lambdas(empty_redis, 1) as [other]:
        cache = cache_of(redis)
        await cache.get("a", source.read, tags=("t", "u"))
        source.value = "new"
        wire.spoiled = "POST / EVALSHA"
        wire.fault = Fault(forwarded=True, answered=True, then=hold)
        first = asyncio.create_task(cache.get("a", source.read, tags=("t", "u")))
        await answered.wait()
        await invalidate(cache_of(other))
        second = asyncio.create_task(cache.get("a", source.read, tags=("t", "u")))
        await asyncio.sleep(0)
        arrive.set()

        assert await first == "old"
        assert await second == "new"


async def test_the_other_tags_keys_stay(redis: Redis) -> None:
    cache, source, other = cache_of(redis), Source(), Source("other")
    await cache.get("a", source.read, tags=("t",))
    await cache.get("b", other.read, tags=("u",))
    await cache.invalidate_tag("t")
    await cache.invalidate("c")

    await cache.get("b", other.read, tags=("u",))
    assert other.calls == 1


async def test_a_key_and_a_tag_of_one_name_are_two_things(redis: Redis) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read, tags=("t",))
    await cache.invalidate_tag("a")
    await cache.invalidate("t")
    await cache.get("a", source.read, tags=("t",))

    assert source.calls == 1


@pytest.mark.parametrize("lost", ["key", "tag", "everything"])
async def test_a_version_that_vanishes_never_makes_an_old_value_valid_again(redis: Redis, lost: str) -> None:
    """Evicted, expired or flushed in the middle of a computation: its value is not kept, and no error is met."""
    cache, slow, source = cache_of(redis), Source("old"), Source("new")
    await cache.get("a", Source("older").read, tags=("t", "u"))
    await make_stale(redis, "a")
    writing = await slow_get(cache, slow)
    command = {"key": ("DEL", NAMES.of_key("a")), "tag": ("DEL", NAMES.of_tag("t")), "everything": ("FLUSHALL",)}
    await redis.call(*command[lost])
    slow.gate.set()

    assert await writing == "old"
    assert await cache.get("a", source.read, tags=("t", "u")) == "new"


async def test_an_invalidation_whose_answer_is_lost_has_happened_and_may_be_repeated(
    empty_redis: RedisSettings,
) -> None:
    wire, source = Wire(), Source()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("a", source.read)
        source.value = "two"
        wire.lose("POST / DEL")
        with pytest.raises(DependencyDown):
            await cache.invalidate("a")
        assert await cache.get("a", source.read) == "two"
        await cache.invalidate("a")
        assert await cache.get("a", source.read) == "two"


async def test_a_store_whose_answer_is_lost_is_the_callers_value_all_the_same(empty_redis: RedisSettings) -> None:
    wire, source = Wire(), Source()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("warm", Source().read)

        async def computed() -> str | None:
            wire.lose("POST / EVALSHA")
            return await source.read()

        with degraded.watched() as fallbacks:
            assert await cache.get("a", computed) == "one"
        assert fallbacks == {"redis": {"cache: not stored"}}
        assert await cache.get("a", computed) == "one"  # it had arrived
    assert source.calls == 1


async def test_a_lookup_whose_answer_is_lost_leaves_a_lease_that_others_outlast(empty_redis: RedisSettings) -> None:
    wire, source, other = Wire(), Source(), Source("two")
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("warm", Source().read)
        wire.lose("POST / EVALSHA")
        with degraded.watched() as fallbacks:
            assert await cache.get("a", source.read) == "one"
        assert fallbacks == {"redis": {"cache: computed"}}
        waiting = asyncio.create_task(cache.get("a", other.read))
        await until(lambda: cache.counts["waited"])
        assert await redis.call("DEL", NAMES.slot("a", ()).lease) == 1

        assert await waiting == "two"
