"""What one lock does for those who ask for it, on a real Redis."""

import asyncio

import pytest

from shared import deadline
from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown
from shared.locks import Held, LockBusy, LockLost, Locks
from shared.locks.store import key
from shared.redis import Redis
from tests.integration.locks.faulty import expire


async def test_a_second_owner_is_told_how_long_the_first_has_it(locks: Locks) -> None:
    await locks.acquire("a", owner="one", lease=600)
    with pytest.raises(LockBusy) as busy:
        await locks.acquire("a", owner="two", wait=0)
    assert 570 < (busy.value.retry_after or 0) <= 600
    await locks.acquire("b", owner="two", wait=0)


async def test_the_same_owner_gets_the_same_fence_again(locks: Locks, redis: Redis) -> None:
    """Also when its lease is over by then, as long as nobody was between."""
    first = await locks.acquire("a", owner="one")
    again = await locks.acquire("a", owner="one")
    await expire(redis, "a")
    late = await locks.acquire("a", owner="one", wait=0)
    assert first.fence == again.fence == late.fence


async def test_a_lease_that_is_over_is_anybodys(locks: Locks, redis: Redis) -> None:
    first = await locks.acquire("a", owner="one")
    await expire(redis, "a")
    second = await locks.acquire("a", owner="two", wait=0)
    assert second.fence > first.fence
    with pytest.raises(LockLost):
        await first.renew()
    assert first.lost.is_set()
    with pytest.raises(LockLost):
        first.check()


async def test_only_its_owner_releases_it(locks: Locks) -> None:
    await locks.acquire("a", owner="one")
    assert not await locks.release("a", owner="two")
    with pytest.raises(LockBusy):
        await locks.acquire("a", owner="three", wait=0)
    assert await locks.release("a", owner="one")
    assert not await locks.release("a", owner="one")
    await locks.acquire("a", owner="three", wait=0)


async def test_who_released_acquires_no_more(locks: Locks) -> None:
    """An acquire of its that was on its way would take the lock for one who never releases it."""
    await locks.release("a", owner="one")
    with pytest.raises(LockLost):
        await locks.acquire("a", owner="one", wait=0)
    await locks.acquire("a", owner="two", wait=0)


async def test_a_renewal_is_a_full_lease(locks: Locks, redis: Redis) -> None:
    held = await locks.acquire("a", owner="one", lease=600)
    await expire(redis, "a")
    await held.renew()
    assert 560 < held.left < 600
    with pytest.raises(LockBusy) as busy:
        await locks.acquire("a", owner="two", wait=0)
    assert 570 < (busy.value.retry_after or 0) <= 600


async def test_a_renewal_with_an_older_fence_is_refused(locks: Locks, redis: Redis) -> None:
    """The owner lost the lock, and has it again: what it began with the first fence is not to go on."""
    old = await locks.acquire("a", owner="one")
    await expire(redis, "a")
    await locks.acquire("a", owner="two")
    await expire(redis, "a")
    new = await locks.acquire("a", owner="one")
    assert new.fence > old.fence
    with pytest.raises(LockLost):
        await old.renew()
    await new.renew()


async def test_what_was_released_is_not_renewed(locks: Locks) -> None:
    held = await locks.acquire("a", owner="one")
    await locks.release("a", owner="one")
    with pytest.raises(LockLost):
        await held.renew()
    await locks.acquire("a", owner="two", wait=0)


async def test_the_keeper_keeps_it(locks: Locks, redis: Redis, busy_world: World) -> None:
    async with Locks(redis, busy_world).hold("a", keep=True) as held:
        await expire(redis, "a")
        async with asyncio.timeout(30):
            while await redis.call("HGET", key("a"), "until") == "1":  # noqa: ASYNC110 - the event is in Redis
                await asyncio.sleep(0.01)
        held.check()
        with pytest.raises(LockBusy):
            await locks.acquire("a", owner="two", wait=0)
    await locks.acquire("a", owner="two", wait=0)


async def test_the_keeper_says_when_it_is_lost(redis: Redis, busy_world: World) -> None:
    async with Locks(redis, busy_world).hold("a", lease=600, keep=True) as held:
        await redis.call("DEL", key("a"))
        await asyncio.wait_for(held.lost.wait(), 30)
        with pytest.raises(LockLost):
            held.check()


async def test_a_fault_in_the_block_comes_through_and_the_lock_is_free(locks: Locks) -> None:
    with pytest.raises(ZeroDivisionError):
        async with locks.hold("a", keep=True):
            raise ZeroDivisionError
    with pytest.raises(LockBusy, match="another one"):
        async with locks.hold("a"):
            raise LockBusy("another one's lock")
    await locks.acquire("a", owner="two", wait=0)


async def test_a_fault_in_the_keeper_comes_through_and_the_lock_is_free(
    locks: Locks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(held: Held) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Held, "keep", broken)
    with pytest.raises(ZeroDivisionError):
        async with locks.hold("a", keep=True):
            await asyncio.sleep(0)
    await locks.acquire("a", owner="two", wait=0)


async def test_waiting_ends_with_the_deadline(locks: Locks) -> None:
    await locks.acquire("a", owner="one")
    clock = World().monotonic
    began = clock()
    with deadline.within(0.3, clock), pytest.raises((LockBusy, DeadlineReached, DependencyDown)):
        async with locks.hold("a", wait=300):
            pass
    assert 0.2 < clock() - began < 100


async def test_a_lock_had_is_released_after_the_deadline_too(locks: Locks) -> None:
    moments = [0.0]
    with deadline.within(100, lambda: moments[-1]):
        async with locks.hold("a", wait=0):
            moments.append(3600.0)
    await locks.acquire("a", owner="two", wait=0)


@pytest.mark.parametrize("lease", [0, -1, 901, float("nan")])
async def test_a_lease_has_bounds(locks: Locks, lease: float) -> None:
    with pytest.raises(ValueError, match="lease"):
        await locks.acquire("a", owner="one", lease=lease)


async def test_no_name_stands_in_redis_and_nothing_stays_for_ever(locks: Locks, redis: Redis) -> None:
    await locks.acquire("ada@example.com", owner="one", lease=900)
    await locks.release("ada@example.com", owner="one")
    (only,) = await redis.call("KEYS", "*")
    assert "ada" not in only
    assert 0 < await redis.call("PTTL", only) <= 25 * 3600 * 1000
