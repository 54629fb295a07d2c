"""Redis does something and its answer is lost, or it is away: who has the lock then."""

import asyncio
import time
from typing import Any

import pytest

from infra.local.faults import Fault
from shared.breakers import BreakerOpen, LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.locks import LockBusy, LockLost, Locks
from shared.redis import Redis
from tests.integration.locks.faulty import ANSWER_LOST, QUESTION_LOST, Faulty, expire


@pytest.fixture(autouse=True)
async def warm(faulty_locks: Locks) -> None:
    """Redis knows the scripts, so that every step is one exchange."""
    held = await faulty_locks.acquire("warm", owner="any")
    await held.renew()
    await faulty_locks.release("warm", owner="any")


async def test_a_lost_answer_does_not_lose_the_lock_for_its_owner(faulty_locks: Locks, faulty: Faulty) -> None:
    faulty.faults = [ANSWER_LOST]
    with pytest.raises(DependencyDown):
        await faulty_locks.acquire("a", owner="one", wait=0)
    with pytest.raises(LockBusy):
        await faulty_locks.acquire("a", owner="two", wait=0)
    first = await faulty_locks.acquire("a", owner="one", wait=0)
    assert first.fence == (await faulty_locks.acquire("a", owner="one", wait=0)).fence


async def test_within_the_wait_one_lost_answer_is_asked_for_again(faulty_locks: Locks, faulty: Faulty) -> None:
    faulty.faults = [ANSWER_LOST]
    async with faulty_locks.hold("a", wait=60) as held:
        held.check()
    faulty.faults = [QUESTION_LOST, QUESTION_LOST]
    began = time.monotonic()
    with pytest.raises(DependencyDown):
        await faulty_locks.acquire("a", owner="one", wait=90)
    assert time.monotonic() - began < 60


async def test_who_gives_up_after_a_lost_answer_leaves_no_lock_behind(
    faulty_locks: Locks, faulty: Faulty, locks: Locks
) -> None:
    faulty.faults = [ANSWER_LOST]
    with pytest.raises(DependencyDown):
        async with faulty_locks.hold("a", wait=0):
            raise AssertionError
    await locks.acquire("a", owner="two", wait=0)


@pytest.mark.parametrize("fault", [ANSWER_LOST, QUESTION_LOST])
async def test_a_release_is_tried_twice(faulty_locks: Locks, faulty: Faulty, locks: Locks, fault: Fault) -> None:
    async with faulty_locks.hold("a"):
        faulty.faults = [fault]
    await locks.acquire("a", owner="two", wait=0)


async def test_a_release_that_fails_is_no_fault_of_the_blocks(
    faulty_locks: Locks, faulty: Faulty, locks: Locks, redis: Redis
) -> None:
    async with faulty_locks.hold("a"):
        faulty.faults = [QUESTION_LOST] * 2
    with pytest.raises(LockBusy):
        await locks.acquire("a", owner="two", wait=0)
    await expire(redis, "a")
    await locks.acquire("a", owner="two", wait=0)


async def test_a_silent_redis_does_not_hold_the_way_out(
    faulty_locks: Locks, faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.locks.locks.RELEASE_WITHIN", 0.5)
    began = time.monotonic()
    async with faulty_locks.hold("a"):
        faulty.faults = [Fault(forwarded=False, then=asyncio.Event().wait)] * 2
    assert 0.5 < time.monotonic() - began < 20


async def test_a_renewal_whose_answer_was_lost_is_no_loss(faulty_locks: Locks, faulty: Faulty) -> None:
    held = await faulty_locks.acquire("a", owner="one")
    faulty.faults = [ANSWER_LOST]
    with pytest.raises(DependencyDown):
        await held.renew()
    held.check()
    await held.renew()


async def test_the_keeper_bears_an_outage_shorter_than_the_lease(faulty: Faulty, busy_world: World) -> None:
    async with Locks(faulty.redis, busy_world).hold("a", lease=600, keep=True) as held:
        faulty.faults = [ANSWER_LOST, QUESTION_LOST]
        asked = len(faulty.asked)
        async with asyncio.timeout(60):
            while len(faulty.asked) < asked + 5:  # noqa: ASYNC110 - a count is no event
                await asyncio.sleep(0.01)
        assert not faulty.faults
        held.check()


async def test_the_keeper_gives_up_at_the_leases_end(faulty_locks: Locks, faulty: Faulty) -> None:
    """It hears nothing from Redis, so what it knows is the time at which it last asked with success."""
    async with faulty_locks.hold("a", lease=2, wait=60, keep=True) as held:
        faulty.faults = [Fault(forwarded=True, then=asyncio.Event().wait)] * 5
        await asyncio.wait_for(held.lost.wait(), 60)
        assert held.left <= 0
        faulty.faults = []
        with pytest.raises(LockLost):
            await held.renew()


async def test_a_slow_answer_does_not_lengthen_the_lease(faulty_locks: Locks, faulty: Faulty) -> None:
    """The lease began when Redis was asked, not when the answer came."""

    async def slow() -> None:
        await asyncio.sleep(0.3)

    faulty.faults = [Fault(forwarded=True, answered=True, then=slow)]
    held = await faulty_locks.acquire("a", owner="one", lease=60)
    assert held.left < 59.4 - 0.3
    faulty.faults = [Fault(forwarded=True, answered=True, then=slow)]
    await held.renew()
    assert held.left < 59.4 - 0.3


async def test_an_answer_after_the_leases_end_is_no_lock(faulty_locks: Locks, faulty: Faulty) -> None:
    async def slow() -> None:
        await asyncio.sleep(2.1)

    faulty.faults = [Fault(forwarded=True, answered=True, then=slow)]
    with pytest.raises(LockBusy):
        await faulty_locks.acquire("a", owner="one", lease=0.2, wait=0)
    faulty.faults = [Fault(forwarded=True, answered=True, then=slow)]
    held = await faulty_locks.acquire("a", owner="two", lease=2, wait=60)
    assert held.left > 0


async def test_without_redis_nobody_has_a_lock(empty_redis: RedisSettings) -> None:
    """DependencyDown, and it is not waited for: one more try, soon."""
    nowhere = empty_redis.model_copy(update={"upstash_redis_rest_url": "http://127.0.0.1:9"})
    entered: list[Any] = []
    began = time.monotonic()
    async with Redis(nowhere, LocalBreaker("redis", time.monotonic)) as client:
        for _ in range(4):
            with pytest.raises(DependencyDown) as down:
                async with Locks(client, World()).hold("a") as held:
                    entered.append(held)
    assert isinstance(down.value, BreakerOpen)
    assert entered == []
    assert time.monotonic() - began < 15
