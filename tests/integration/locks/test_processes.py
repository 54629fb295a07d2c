"""Locks between processes: one that is stopped in the middle, and many that want the same."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.processes import Child
from shared.clock import World
from shared.config import RedisSettings
from shared.database import Database
from shared.locks import LockBusy, Locks
from shared.locks.fenced import fenced_update
from shared.redis import Redis
from tests.integration.locks.faulty import expire


def given(settings: RedisSettings) -> list[str]:
    return [settings.upstash_redis_rest_url, settings.upstash_redis_rest_token.get_secret_value()]


async def ended(child: Child) -> int | None:
    return await asyncio.to_thread(child._process.wait, 60)


async def test_a_process_paused_past_its_lease_learns_it_and_overwrites_nothing(
    redis: Redis, empty_redis: RedisSettings, database: Database, mongodb_uri: str, tmp_path: Path
) -> None:
    locks = Locks(redis, World())
    await database.records.insert_one({"_id": "r"})
    options = [*given(empty_redis), mongodb_uri, database.name]
    argv = [sys.executable, "-m", "tests.integration.locks.sleeper", *options]
    child = await asyncio.to_thread(processes.start, "sleeper", argv, log_dir=tmp_path)
    try:
        with pytest.raises(LockBusy):
            await locks.acquire("record", owner="impatient", wait=0)
        child.signal(signal.SIGSTOP)
        await expire(redis, "record")
        async with locks.hold("record", wait=60, lease=600) as held:
            await fenced_update(database.records, {"_id": "r"}, {"$set": {"by": "another"}}, held.fence)
            child.signal(signal.SIGCONT)
            assert await ended(child) == 0
            held.check()
            await held.renew()  # its release was not ours
    finally:
        child.kill()
    assert child.log.read_text().split("\n")[1:-1] == ["lost", "refused", "over"]
    record = await database.records.find_one({"_id": "r"})
    assert record is not None
    assert (record["by"], record["lock_fence"]) == ("another", held.fence)


async def test_of_32_who_read_and_write_a_number_nobodys_work_is_lost(
    redis: Redis, empty_redis: RedisSettings, tmp_path: Path
) -> None:
    argv = [sys.executable, "-m", "tests.integration.locks.racer", *given(empty_redis), "8"]
    starts = (
        asyncio.to_thread(processes.start, f"racer{n}", argv, log_dir=tmp_path, ready=lambda child: True)
        for n in range(4)
    )
    racers = await asyncio.gather(*starts)
    assert [await ended(racer) for racer in racers] == [0, 0, 0, 0]
    assert await redis.call("GET", "number") == "32"
