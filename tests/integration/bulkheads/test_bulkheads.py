"""How many are let in at once, on a real Redis."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from infra.local import processes
from shared import deadline, degraded
from shared.breakers import LocalBreaker
from shared.bulkheads import BulkheadFull, Bulkheads
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import RetryableError
from shared.redis import Redis
from tests.integration.locks.faulty import ANSWER_LOST, QUESTION_LOST, Faulty


@pytest.fixture
def bulkheads(redis: Redis) -> Bulkheads:
    return Bulkheads(redis, World())


async def test_never_more_than_its_places(redis: Redis, faulty: Faulty) -> None:
    """40 callers in five processes' worth of clients, and every seventh answer is lost."""
    faulty.faults = [ANSWER_LOST if n % 7 == 0 else None for n in range(1, 300)]
    clients = [Bulkheads(client, World()) for client in (redis, redis, redis, faulty.redis, faulty.redis)]
    inside, most, entered = 0, 0, 0

    async def enter(bulkheads: Bulkheads) -> None:
        nonlocal inside, most, entered
        async with bulkheads.place("ai", of=4, wait=120, alone=0):
            inside, entered = inside + 1, entered + 1
            most = max(most, inside)
            await asyncio.sleep(0.03)
            inside -= 1

    await asyncio.gather(*(enter(clients[n % 5]) for n in range(40)))
    assert 1 < most <= 4
    assert entered == 40


async def test_every_place_can_be_had(bulkheads: Bulkheads) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(bulkheads.place("ai", of=3))
        with pytest.raises(BulkheadFull):
            await stack.enter_async_context(bulkheads.place("ai", of=3))


async def test_one_that_is_full_says_so_at_once(bulkheads: Bulkheads) -> None:
    async with bulkheads.place("ai", of=1):
        began = time.monotonic()
        with pytest.raises(BulkheadFull) as full:
            async with bulkheads.place("ai", of=1):
                raise AssertionError
        assert time.monotonic() - began < 30
        assert isinstance(full.value, RetryableError)
        assert full.value.retry_after == 5
        async with bulkheads.place("search", of=1):
            pass
    async with bulkheads.place("ai", of=1):
        pass


async def test_a_place_that_comes_back_within_the_wait_is_had(bulkheads: Bulkheads) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with bulkheads.place("ai", of=1):
            inside.set()
            await asyncio.sleep(0.2)

    holding = asyncio.create_task(hold())
    await inside.wait()
    async with bulkheads.place("ai", of=1, wait=50):
        pass
    await holding


async def test_a_killed_holders_place_comes_back_after_its_lease(
    bulkheads: Bulkheads, redis: Redis, empty_redis: RedisSettings, tmp_path: Path
) -> None:
    token = empty_redis.upstash_redis_rest_token.get_secret_value()
    options = [empty_redis.upstash_redis_rest_url, token, "ai", "1", "60"]
    argv = [sys.executable, "-m", "tests.integration.bulkheads.holder", *options]
    child = await asyncio.to_thread(processes.start, "holder", argv, log_dir=tmp_path)
    child.kill()
    with pytest.raises(BulkheadFull):
        async with bulkheads.place("ai", of=1):
            raise AssertionError
    [dead] = await redis.call("ZRANGE", "bulkhead:ai", 0, -1)
    await redis.call("ZADD", "bulkhead:ai", 1, dead)
    async with bulkheads.place("ai", of=1):
        pass


async def test_a_place_whose_lease_is_over_is_free_while_others_are_held(bulkheads: Bulkheads, redis: Redis) -> None:
    async with bulkheads.place("ai", of=2):
        await redis.call("ZADD", "bulkhead:ai", 1, "one that died")
        async with bulkheads.place("ai", of=2):
            with pytest.raises(BulkheadFull):
                async with bulkheads.place("ai", of=2):
                    raise AssertionError


async def test_a_cancelled_holder_gives_its_place_back(bulkheads: Bulkheads) -> None:
    async def hold() -> None:
        async with bulkheads.place("ai", of=1):
            await asyncio.sleep(60)

    for pause in (0.0, 0.001, 0.003, 0.01, 0.1):
        holding = asyncio.create_task(hold())
        await asyncio.sleep(pause)
        holding.cancel()
        await asyncio.wait({holding})
        async with bulkheads.place("ai", of=1):
            pass


async def test_the_lease_is_the_blocks_deadline(bulkheads: Bulkheads) -> None:
    """So that a client inside has ended its call before the place is another's."""
    async with bulkheads.place("ai", of=1, lease=100):
        left = deadline.remaining()
        assert left is not None
        assert 60 < left < 99.1
    assert deadline.remaining() is None


async def test_a_lost_answer_is_no_lost_place(faulty: Faulty) -> None:
    """It is let in by this process's own count, and gives back what Redis may have counted."""
    bulkheads = Bulkheads(faulty.redis, World())
    async with bulkheads.place("ai", of=1):
        pass
    faulty.faults = [ANSWER_LOST]
    with degraded.watched() as fallbacks:
        async with bulkheads.place("ai", of=1):
            pass
    assert fallbacks == {"redis": {"local bulkheads"}}
    assert await faulty.redis.call("ZCARD", "bulkhead:ai") == 0


async def test_who_asks_again_after_a_lost_answer_has_the_place_it_was_given(faulty: Faulty) -> None:
    bulkheads = Bulkheads(faulty.redis, World())
    async with bulkheads.place("ai", of=1):
        pass
    faulty.faults = [ANSWER_LOST]
    async with bulkheads.place("ai", of=1, wait=60, alone=0):
        assert await faulty.redis.call("ZCARD", "bulkhead:ai") == 1


async def test_who_is_refused_in_doubt_gives_back_what_redis_may_have_counted(faulty: Faulty) -> None:
    bulkheads = Bulkheads(faulty.redis, World())
    async with bulkheads.place("ai", of=2):
        faulty.faults = [ANSWER_LOST, QUESTION_LOST]
        with pytest.raises(BulkheadFull):
            async with bulkheads.place("ai", of=2):
                raise AssertionError
        assert await faulty.redis.call("ZCARD", "bulkhead:ai") == 1


async def test_without_redis_this_process_has_fewer_places_of_its_own(empty_redis: RedisSettings) -> None:
    nowhere = empty_redis.model_copy(update={"upstash_redis_rest_url": "http://127.0.0.1:9"})
    async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as client, AsyncExitStack() as stack:
        bulkheads = Bulkheads(client, World())
        with degraded.watched() as fallbacks:
            for _ in range(2):
                await stack.enter_async_context(bulkheads.place("ai", of=10, alone=2))
            with pytest.raises(BulkheadFull):
                await stack.enter_async_context(bulkheads.place("ai", of=10, alone=2))
            await stack.enter_async_context(bulkheads.place("search", of=10))
        assert fallbacks == {"redis": {"local bulkheads"}}


async def test_places_in_redis_count_when_redis_goes_away(faulty: Faulty) -> None:
    bulkheads = Bulkheads(faulty.redis, World())
    async with bulkheads.place("ai", of=10):
        faulty.faults = [QUESTION_LOST] * 3
        with pytest.raises(BulkheadFull):
            async with bulkheads.place("ai", of=10, alone=1):
                raise AssertionError


async def test_nothing_stays_in_redis_for_ever(bulkheads: Bulkheads, redis: Redis) -> None:
    async with bulkheads.place("ai", of=2, lease=60), bulkheads.place("ai", of=2, lease=5):
        assert 30_000 < await redis.call("PTTL", "bulkhead:ai") <= 60_000


@pytest.mark.parametrize(("of", "lease"), [(0, 1), (1, 0)])
async def test_a_bulkhead_has_places_and_leases(bulkheads: Bulkheads, of: int, lease: float) -> None:
    with pytest.raises(ValueError, match="bulkhead"):
        async with bulkheads.place("ai", of=of, lease=lease):
            raise AssertionError
