"""Redis is away, or goes away in the middle: values are computed, seldom, and it is said."""

import asyncio
import time
from typing import Any

import pytest
from pydantic import TypeAdapter

from infra.local.faults import Fault
from shared import deadline, degraded
from shared.cache import Cache, Policy
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DeadlineReached, DependencyDown
from shared.redis import Redis
from tests.integration.cache.source import NAMES, POLICY, Source, Wire, behind, cache_of, unbroken, until


class Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_values_are_computed_once_a_process_and_it_is_said(empty_redis: RedisSettings) -> None:
    source, wire = Source(), Wire(down=True)
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        with degraded.watched() as fallbacks:
            values = await asyncio.gather(*(cache.get("a", source.read) for _ in range(100)))

    assert values == ["one"] * 100
    assert source.calls == 1
    assert fallbacks == {"redis": {"cache: computed"}}


async def test_the_memory_lasts_as_long_as_the_policy_says_and_no_longer(empty_redis: RedisSettings) -> None:
    source, hands = Source(), Hands()
    async with behind(Wire(down=True), empty_redis) as redis:
        cache = cache_of(redis, POLICY, World(monotonic=hands))
        await cache.get("a", source.read)
        source.value = "two"
        hands.now += POLICY.memo - 0.01
        assert await cache.get("a", source.read) == "one"
        hands.now += 0.02
        assert await cache.get("a", source.read) == "two"


async def test_the_memory_never_lasts_longer_than_the_value_is_fresh(empty_redis: RedisSettings) -> None:
    source, absent, hands = Source(), Source(None), Hands()
    async with behind(Wire(down=True), empty_redis) as redis:
        cache = cache_of(redis, Policy(fresh=1, memo=5, eagerness=0), World(monotonic=hands))
        await cache.get("a", source.read)
        await cache.get("b", absent.read)
        await cache.get("b", absent.read)
        assert absent.calls == 2
        hands.now += 1.01
        await cache.get("a", source.read)

    assert source.calls == 2


async def test_an_invalidation_forgets_here_and_tells_that_it_could_not_do_more(empty_redis: RedisSettings) -> None:
    a, b, c = Source(), Source(), Source()
    async with behind(Wire(down=True), empty_redis) as redis:
        cache = cache_of(redis)

        async def all_three() -> None:
            await cache.get("a", a.read)
            await cache.get("b", b.read, tags=("t",))
            await cache.get("c", c.read, tags=("u",))

        await all_three()
        with pytest.raises(DependencyDown):
            await cache.invalidate("a")
        with pytest.raises(DependencyDown):
            await cache.invalidate_tag("t")
        await all_three()

    assert (a.calls, b.calls, c.calls) == (2, 2, 1)


async def test_what_began_before_an_invalidation_is_neither_remembered_nor_shared(empty_redis: RedisSettings) -> None:
    slow = Source("old")
    slow.gate.clear()
    async with behind(Wire(down=True), empty_redis) as redis:
        cache = cache_of(redis)
        first = asyncio.create_task(cache.get("a", slow.read))
        await slow.begun.wait()
        slow.value = "new"
        with pytest.raises(DependencyDown):
            await cache.invalidate("a")
        second = asyncio.create_task(cache.get("a", slow.read))
        await until(lambda: cache.counts["away"] == 2)
        slow.gate.set()

        assert await first == "old"
        assert await second == "new"
        assert await cache.get("a", slow.read) == "new"


async def test_what_was_remembered_is_not_used_once_redis_is_back(empty_redis: RedisSettings) -> None:
    source, wire = Source(), Wire(down=True)
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("a", source.read)
        source.value = "two"
        wire.down = False

        with degraded.watched() as fallbacks:
            assert await cache.get("a", source.read) == "two"
    assert not fallbacks


async def test_an_invalidation_clears_the_memory_though_redis_is_there(empty_redis: RedisSettings) -> None:
    source, wire = Source(), Wire(down=True)
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("a", source.read)
        source.value = "two"
        wire.down = False
        await cache.invalidate("a")
        wire.down = True

        assert await cache.get("a", source.read) == "two"


async def test_those_who_share_a_value_do_not_share_an_object(empty_redis: RedisSettings) -> None:
    async def words() -> list[str]:
        return ["one"]

    async with behind(Wire(down=True), empty_redis) as redis:
        cache = Cache(redis, World(), name="lists", values=TypeAdapter(list[str]), policy=POLICY)
        lists = await asyncio.gather(*(cache.get("a", words) for _ in range(3)))

    assert len({id(each) for each in lists}) == 3


async def test_what_the_computation_raises_is_its_callers(empty_redis: RedisSettings) -> None:
    source = Source(error=DependencyDown("mongodb", "away"))
    async with behind(Wire(down=True), empty_redis) as redis:
        with pytest.raises(DependencyDown, match="mongodb"):
            await cache_of(redis).get("a", source.read)


async def test_redis_that_goes_away_while_one_computes_costs_it_nothing(empty_redis: RedisSettings) -> None:
    wire, source = Wire(), Source()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)

        async def computed() -> str | None:
            wire.down = True
            return await source.read()

        with degraded.watched() as fallbacks:
            assert await cache.get("a", computed) == "one"
    assert fallbacks == {"redis": {"cache: not stored"}}


async def test_redis_that_goes_away_while_one_waits_sends_it_to_compute(empty_redis: RedisSettings) -> None:
    wire, slow, source = Wire(), Source(), Source("two")
    slow.gate.clear()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        first = asyncio.create_task(cache.get("a", slow.read))
        await slow.begun.wait()
        waiting = asyncio.create_task(cache.get("a", source.read))
        await until(lambda: cache.counts["waited"])
        wire.down = True

        assert await waiting == "two"
        slow.gate.set()
        assert await first == "one"


async def test_a_fault_of_the_computation_outweighs_redis_that_can_not_be_told(empty_redis: RedisSettings) -> None:
    wire = Wire()
    async with behind(wire, empty_redis) as redis:

        async def broken() -> str:
            wire.down = True
            raise LookupError("a fault")

        with pytest.raises(LookupError):
            await cache_of(redis).get("a", broken)


async def test_a_redis_that_refuses_the_script_is_away(redis: Redis) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read)
    await redis.call("SET", NAMES.entry("a"), "of another kind")

    with degraded.watched() as fallbacks:
        assert await cache.get("a", source.read) == "one"
    assert fallbacks == {"redis": {"cache: computed"}}
    await cache.invalidate("a")
    assert await cache.get("a", source.read) == "one"
    assert source.calls == 3


class Odd(Redis):
    """Answers every script with what no script of ours gives."""

    given: Any = None

    async def run(self, *_: Any, **__: Any) -> Any:
        return self.given


@pytest.mark.parametrize(
    "given", [None, "OK", 1, [], ["fresh"], ["fresh", 0, "s", "1", "me", None], ["odd", 0, "s", "1", "me", "1n"]]
)
async def test_an_answer_in_another_form_is_redis_away(empty_redis: RedisSettings, given: object) -> None:
    async with Odd(empty_redis, unbroken()) as redis:
        redis.given = given
        with degraded.watched() as fallbacks:
            assert await cache_of(redis).get("a", Source().read) == "one"
    assert fallbacks == {"redis": {"cache: computed"}}


async def test_a_value_computed_as_the_time_ends_is_given_though_it_can_not_be_stored(
    empty_redis: RedisSettings,
) -> None:
    hands, source = Hands(), Source()
    async with behind(Wire(), empty_redis) as redis:
        cache = cache_of(redis, POLICY, World(monotonic=hands))

        async def slow() -> str | None:
            hands.now += 10
            return await source.read()

        with deadline.within(5, hands):
            assert await cache.get("a", slow) == "one"
            with pytest.raises(DeadlineReached):
                await cache.get("b", slow)
    assert source.calls == 1


async def test_a_silent_redis_leaves_half_of_the_time_that_is_left(empty_redis: RedisSettings) -> None:
    source, wire, end = Source(), Wire(), asyncio.Event()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        wire.spoiled, wire.fault = "POST / EVALSHA", Fault(forwarded=False, then=end.wait)
        with deadline.within(0.4, time.monotonic):
            assert await cache.get("a", source.read) == "one"
            assert (deadline.remaining() or 0) > 0.1
        end.set()
