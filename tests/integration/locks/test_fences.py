"""Fences only grow, also when Redis forgets, is started anew or has its clock set; and what they protect."""

import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.servers import redis as valkey
from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.database import Database
from shared.errors import DependencyDown
from shared.locks import FencedOut, LockLost, Locks
from shared.locks.fenced import fenced_update
from shared.locks.store import KEPT_MS, key
from shared.redis import Redis
from tests.integration.locks.faulty import expire


async def test_they_grow_when_redis_has_forgotten_everything(locks: Locks, redis: Redis) -> None:
    fences = []
    for n in range(5):
        fences.append((await locks.acquire("a", owner=f"{n}")).fence)
        await redis.call("FLUSHALL")
    assert fences == sorted(set(fences))


async def test_they_grow_when_the_clock_is_set_back(locks: Locks, redis: Redis) -> None:
    """As far as Redis can see: the fence it gave last is ahead of its clock by an hour."""
    await locks.acquire("a", owner="one", lease=1)
    await expire(redis, "a")
    ahead = int(await redis.call("HINCRBY", key("a"), "fence", 3_600_000_000))
    held = await locks.acquire("a", owner="two", lease=1, wait=0)
    assert held.fence == ahead + 1
    kept = await redis.call("PTTL", key("a"))
    assert KEPT_MS + 3_500_000 < kept <= KEPT_MS + 3_600_001


async def test_they_are_whole_microseconds(locks: Locks) -> None:
    """Not rounded to the 14 digits that Lua writes of a number by itself."""
    fences = []
    for n in range(20):
        fences.append((await locks.acquire("a", owner=f"{n}", wait=0)).fence)
        again = await locks.acquire("a", owner=f"{n}", wait=0)
        await again.renew()
        assert again.fence == fences[-1]
        await locks.release("a", owner=f"{n}")
    assert fences == sorted(set(fences))
    assert abs(fences[-1] - time.time() * 1e6) < 60e6
    assert any(fence % 100 for fence in fences)


async def test_a_restart_of_redis_loses_no_lock_and_an_empty_one_no_order(tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    behind = valkey.start(folder, log_dir=tmp_path)
    command = processes.module("infra.local.upstash", "--redis", behind.address, "--token", "t")
    rest = processes.start("upstash", command, log_dir=tmp_path)
    settings = RedisSettings(
        stage="local",
        upstash_redis_rest_url=f"http://127.0.0.1:{rest.port}",
        upstash_redis_rest_token=SecretStr("t"),
    )
    try:
        async with Redis(settings, LocalBreaker("redis", time.monotonic, failures=100), limit=30) as redis:
            locks = Locks(redis, World())
            held = await locks.acquire("a", owner="one", lease=60)
            behind.kill()
            with pytest.raises(DependencyDown):
                await held.renew()
            held.check()
            behind = valkey.start(folder, log_dir=tmp_path, port=behind.port)
            await held.renew()
            assert (await locks.acquire("a", owner="one", lease=60)).fence == held.fence
            behind.kill()
            behind = valkey.start(tmp_path / "empty", log_dir=tmp_path, port=behind.port)
            other = await locks.acquire("a", owner="two", wait=0)
            assert other.fence > held.fence
            with pytest.raises(LockLost):
                await held.renew()
    finally:
        rest.stop()
        behind.kill()


async def test_a_record_takes_no_write_of_an_earlier_holder(database: Database) -> None:
    records = database.records
    await records.insert_one({"_id": "r", "n": 0})
    assert await fenced_update(records, {"_id": "r"}, {"$inc": {"n": 1}}, 1_800_000_000_000_007)
    assert await fenced_update(records, {"_id": "r"}, {"$inc": {"n": 1}}, 1_800_000_000_000_007)
    with pytest.raises(FencedOut):
        await fenced_update(records, {"_id": "r"}, {"$inc": {"n": 1}}, 1_800_000_000_000_006)
    assert await fenced_update(records, {"_id": "r"}, {"$set": {"m": 1}}, 1_800_000_000_000_008)
    assert await records.find_one() == {"_id": "r", "n": 2, "m": 1, "lock_fence": 1_800_000_000_000_008}


async def test_a_record_that_is_not_there_is_no_loss_of_the_lock(database: Database) -> None:
    await database.records.insert_one({"_id": "r", "lock_fence": 9, "open": False})
    assert not await fenced_update(database.records, {"_id": "other"}, {"$set": {"n": 1}}, 7)
    assert not await fenced_update(database.records, {"_id": "r", "open": True}, {"$set": {"n": 1}}, 9)


async def test_the_callers_own_or_is_kept(database: Database) -> None:
    await database.records.insert_one({"_id": "r", "n": 3})
    either = {"$or": [{"n": 1}, {"n": 2}]}
    assert not await fenced_update(database.records, either, {"$set": {"n": 9}}, 7)
