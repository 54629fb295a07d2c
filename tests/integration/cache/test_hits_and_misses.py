"""One client, one key: what is computed, what is given from the cache, and what a get costs."""

import asyncio
from random import Random

import pytest

from shared.cache import Policy
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis
from tests.integration.cache.source import NAMES, Source, Wire, behind, cache_of, make_stale


async def test_what_was_computed_once_is_given_again(redis: Redis) -> None:
    cache, source = cache_of(redis), Source()

    assert [await cache.get("a", source.read) for _ in range(3)] == ["one"] * 3
    assert source.calls == 1


async def test_keys_do_not_meet(redis: Redis) -> None:
    cache, one, two = cache_of(redis), Source("one"), Source("two")

    assert await cache.get("a", one.read) == "one"
    assert await cache.get("b", two.read) == "two"
    assert await cache.get("a", one.read) == "one"


async def test_a_hit_is_one_round_trip_and_so_is_an_invalidation(empty_redis: RedisSettings) -> None:
    wire, source = Wire(), Source()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("a", source.read, tags=("t", "u"))
        await cache.get("a", source.read, tags=("t", "u"))
        wire.names.clear()

        await cache.get("a", source.read, tags=("t", "u"))
        assert wire.names == ["POST / EVALSHA"]
        await cache.invalidate("a")
        await cache.invalidate_tag("t")
        assert wire.names == ["POST / EVALSHA", "POST / DEL", "POST / DEL"]
        wire.names.clear()
        await cache.get("a", source.read, tags=("t", "u"))
        assert wire.names == ["POST / EVALSHA", "POST / EVALSHA"]
    assert source.calls == 2


async def test_a_stale_value_costs_the_others_one_round_trip_as_well(empty_redis: RedisSettings) -> None:
    wire, source, slow = Wire(), Source(), Source("two")
    slow.gate.clear()
    async with behind(wire, empty_redis) as redis:
        cache = cache_of(redis)
        await cache.get("a", source.read)
        await make_stale(redis, "a")
        refreshing = asyncio.create_task(cache.get("a", slow.read))
        await slow.begun.wait()
        wire.names.clear()

        assert await cache.get("a", source.read) == "one"
        assert wire.names == ["POST / EVALSHA"]
        slow.gate.set()
        assert await refreshing == "two"


async def test_no_key_in_redis_shows_what_the_caller_asked_for(redis: Redis) -> None:
    await cache_of(redis).get("ada@example.org", Source().read, tags=("team:secret",))

    keys = await redis.call("KEYS", "*")

    assert len(keys) == 3
    assert not any(word in key for key in keys for word in ("ada", "example", "secret"))


async def test_ttls_are_jittered_downwards_and_nothing_outlives_the_hard_one(redis: Redis) -> None:
    policy = Policy(fresh=60, stale=600, jitter=0.25, eagerness=0)
    cache = cache_of(redis, policy, World(random=Random(7)))
    lives = []
    for number in range(30):
        await cache.get(f"key {number}", Source().read)
        lives.append(await redis.call("PTTL", NAMES.entry(f"key {number}")))

    assert all(645_000 - 3000 < life <= 660_000 for life in lives)
    assert len({life // 1000 for life in lives}) > 5


async def test_a_version_outlives_every_entry_that_it_seals(redis: Redis) -> None:
    cache = cache_of(redis)
    await cache.get("a", Source().read, tags=("t",))
    await redis.call("PEXPIRE", NAMES.of_tag("t"), 5000)

    await cache.get("b", Source().read, tags=("t",))

    assert await redis.call("PTTL", NAMES.of_tag("t")) > 660_000


async def test_nothing_stays_in_redis_for_ever(redis: Redis) -> None:
    await cache_of(redis).get("a", Source().read, tags=("t",))

    assert all([await redis.call("PTTL", key) > 0 for key in await redis.call("KEYS", "*")])


async def test_a_value_is_gone_at_its_hard_ttl(redis: Redis) -> None:
    cache, source = cache_of(redis, Policy(fresh=0.03, stale=0.03, jitter=0, eagerness=0)), Source()
    await cache.get("a", source.read)
    source.value = "two"
    await asyncio.sleep(0.09)

    assert await cache.get("a", source.read) == "two"


async def test_absence_is_remembered_for_its_own_time(redis: Redis) -> None:
    cache, source = cache_of(redis), Source(None)

    assert [await cache.get("a", source.read) for _ in range(3)] == [None] * 3
    assert source.calls == 1
    assert 26_000 < await redis.call("PTTL", NAMES.entry("a")) <= 30_000


async def test_absence_is_not_remembered_where_the_policy_gives_it_no_time(redis: Redis) -> None:
    cache, source = cache_of(redis, Policy(fresh=60, eagerness=0)), Source(None)

    assert [await cache.get("a", source.read) for _ in range(2)] == [None] * 2
    assert source.calls == 2
    assert cache.counts["waited"] == 0


async def test_an_absent_thing_that_appears_is_seen_after_the_invalidation(redis: Redis) -> None:
    cache, source = cache_of(redis), Source(None)
    await cache.get("a", source.read)
    source.value = "here"
    await cache.invalidate("a")

    assert await cache.get("a", source.read) == "here"


@pytest.mark.parametrize("text", ["", "2j1", "1zAAAA", "1z!", '1j"', "one", "1nx"])
async def test_a_text_that_nobody_wrote_is_a_miss(redis: Redis, text: str) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read)
    await redis.call("HSET", NAMES.entry("a"), "value", text)

    assert await cache.get("a", source.read) == "one"
    assert await cache.get("a", source.read) == "one"
    assert source.calls == 2


async def test_a_value_that_is_too_large_is_given_but_not_kept(redis: Redis) -> None:
    source = Source("x" * 5000)
    cache = cache_of(redis, Policy(fresh=60, eagerness=0, largest=4000))

    assert [await cache.get("a", source.read) for _ in range(2)] == [source.value] * 2
    assert source.calls == 2
    assert cache.counts["too_large"] == 2
    assert cache.counts["waited"] == 0


async def test_a_long_value_takes_less_room_than_it_has_letters(redis: Redis) -> None:
    cache, source = cache_of(redis), Source("words, words. " * 10_000)
    await cache.get("a", source.read)

    assert await redis.call("HSTRLEN", NAMES.entry("a"), "value") < 3000
    assert await cache.get("a", source.read) == source.value
    assert source.calls == 1


async def test_half_of_a_surrogate_pair_in_key_tag_and_value_is_no_error(redis: Redis) -> None:
    cache, source = cache_of(redis), Source("\ud800")

    assert await cache.get("\ud800", source.read, tags=("\udfff",)) == "\ud800"
    assert cache.counts["unstorable"] == 1


async def test_under_other_tags_an_entry_is_a_miss(redis: Redis) -> None:
    cache, source = cache_of(redis), Source()
    await cache.get("a", source.read, tags=("t", "u"))
    await cache.get("a", source.read, tags=("u", "t", "u"))
    assert source.calls == 1

    await cache.get("a", source.read, tags=("t",))
    assert source.calls == 2


async def test_a_word_is_no_collection_of_tags(redis: Redis) -> None:
    """Its letters would be, and no invalidation of the word would find them."""
    with pytest.raises(TypeError, match="tags"):
        await cache_of(redis).get("a", Source().read, tags="team:1")
