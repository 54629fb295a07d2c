"""One at a time, whatever is cancelled when."""

import asyncio
from random import Random

from shared.clock import World
from shared.locks import Locks
from shared.locks.store import key
from shared.redis import Redis


async def test_one_at_a_time_while_half_of_them_are_cancelled(redis: Redis) -> None:
    locks = Locks(redis, World())
    inside = most = done = 0

    async def work() -> None:
        nonlocal inside, most, done
        async with locks.hold("a", wait=30):
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0.005)
            finally:
                inside -= 1
        done += 1

    chance = Random(7)
    workers = [asyncio.create_task(work()) for _ in range(24)]
    for worker in workers[::2]:
        await asyncio.sleep(chance.uniform(0, 0.03))
        worker.cancel()
    await asyncio.wait(workers)
    assert most == 1
    assert done >= 12
    assert all(worker.cancelled() or worker.exception() is None for worker in workers)
    assert await redis.call("HGET", key("a"), "owner") is None


async def test_a_lock_is_free_after_a_cancellation_at_any_moment(redis: Redis, locks: Locks) -> None:
    async def hold() -> None:
        async with locks.hold("a", keep=True):
            await asyncio.sleep(60)

    await locks.release("warm", owner="any")
    for millisecond in range(12):
        holding = asyncio.create_task(hold())
        await asyncio.sleep(millisecond / 1000)
        holding.cancel()
        await asyncio.wait({holding})
        assert holding.cancelled()
        await locks.acquire("a", owner=f"after {millisecond}", wait=0)
        await locks.release("a", owner=f"after {millisecond}")


async def test_a_second_cancellation_does_not_cut_the_release(redis: Redis, locks: Locks) -> None:
    async def hold() -> None:
        async with locks.hold("a"):
            await asyncio.sleep(60)

    holding = asyncio.create_task(hold())
    await asyncio.sleep(0.1)
    holding.cancel()
    await asyncio.sleep(0)
    holding.cancel()
    await asyncio.wait({holding})
    assert holding.cancelled()
    await locks.acquire("a", owner="two", wait=0)
