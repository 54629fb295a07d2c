"""The leases of Redis: by its own clock, through pauses, restarts and outages."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.servers import redis as valkey
from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.idempotency import Done, InFlight, Mismatch, New, RedisRequests
from shared.idempotency.asked import Asked
from shared.redis import Redis
from tests.conftest import REDIS_TOKEN

ASKED = Asked("k", "f")
ROOT = Path(__file__).parents[3]


async def test_a_request_is_new_in_flight_done_and_never_anothers(redis: Redis) -> None:
    requests = RedisRequests(redis, lease=600)
    new = await requests.begin(ASKED)
    assert isinstance(new, New)
    busy = await requests.begin(ASKED)
    assert isinstance(busy, InFlight)
    assert 0 < busy.retry_after <= 600
    assert await requests.begin(Asked("k", "other")) == Mismatch()
    assert await requests.complete(new, "run 1", owner="ada")
    assert await requests.begin(ASKED) == Done("run 1")
    assert await requests.begin(Asked("k", "other")) == Mismatch()
    assert isinstance(await requests.begin(Asked("k2", "f")), New)


async def test_what_was_abandoned_is_free_for_any_body(redis: Redis) -> None:
    requests = RedisRequests(redis, lease=600)
    new = await requests.begin(ASKED)
    assert isinstance(new, New)
    assert await requests.abandon(new)
    assert not await requests.abandon(new)
    assert isinstance(await requests.begin(Asked("k", "other")), New)


async def test_what_is_done_can_not_be_abandoned(redis: Redis) -> None:
    requests = RedisRequests(redis, lease=600)
    new = await requests.begin(ASKED)
    assert isinstance(new, New)
    await requests.complete(new, "run 1", owner="ada")
    assert not await requests.abandon(new)
    assert await requests.begin(ASKED) == Done("run 1")


async def test_a_holder_that_died_blocks_its_repeat_until_the_lease_ends_and_other_bodies_for_good(
    redis: Redis,
) -> None:
    """What it has done is not known: only the same request may go on with it."""
    requests = RedisRequests(redis, lease=600)
    dead = await requests.begin(ASKED)
    assert isinstance(dead, New)
    assert isinstance(await requests.begin(ASKED), InFlight)
    await redis.call("HSET", "idempotent:k", "leased", 1)
    assert await requests.begin(Asked("k", "other")) == Mismatch()
    second = await requests.begin(ASKED)
    assert isinstance(second, New)
    assert not await requests.complete(dead, "of the dead", owner="ada")
    assert not await requests.abandon(dead)
    assert await requests.complete(second, "of the living", owner="ada")
    assert await requests.begin(ASKED) == Done("of the living")


async def test_the_record_ends_with_its_window(redis: Redis) -> None:
    requests = RedisRequests(redis, lease=10, window_ms=150)
    new = await requests.begin(ASKED)
    assert isinstance(new, New)
    await requests.complete(new, "run 1", owner="ada")
    await asyncio.sleep(0.2)
    assert isinstance(await requests.begin(Asked("k", "other")), New)


async def test_of_many_clients_at_once_one_is_new(redis: Redis) -> None:
    verdicts = await asyncio.gather(*(RedisRequests(redis, lease=600).begin(ASKED) for _ in range(40)))
    assert [type(verdict) for verdict in verdicts].count(New) == 1
    assert [type(verdict) for verdict in verdicts].count(InFlight) == 39


async def test_a_reference_comes_back_as_it_was(redis: Redis) -> None:
    requests = RedisRequests(redis, lease=600)
    reference = '{"a": "é \\u0000 \\"", "n": 123456789012345678901234567890}'
    new = await requests.begin(ASKED)
    assert isinstance(new, New)
    await requests.complete(new, reference, owner="ada")
    assert await requests.begin(ASKED) == Done(reference)


def test_a_process_that_was_stopped_past_its_lease_overwrites_nothing(empty_redis: RedisSettings) -> None:
    url = empty_redis.upstash_redis_rest_url
    command = [sys.executable, str(Path(__file__).with_name("paused.py")), url, REDIS_TOKEN, "0.2"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "began\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        asyncio.run(_overtake(empty_redis))
        process.send_signal(signal.SIGCONT)
        said, _ = process.communicate("\n", timeout=30)
    assert said == "False\n"
    assert asyncio.run(_begin(empty_redis)) == Done("in time")


async def _overtake(settings: RedisSettings) -> None:
    async with Redis(settings, LocalBreaker("redis", time.monotonic)) as redis:
        requests = RedisRequests(redis, lease=600)
        new = await requests.begin(ASKED)
        assert isinstance(new, New)
        assert await requests.complete(new, "in time", owner="ada")


async def _begin(settings: RedisSettings) -> object:
    async with Redis(settings, LocalBreaker("redis", time.monotonic)) as redis:
        return await RedisRequests(redis, lease=600).begin(ASKED)


@pytest.mark.timeout(60)
async def test_a_redis_that_is_killed_and_comes_back_knows_what_was_done(tmp_path: Path) -> None:
    """Away it is DependencyDown; its scripts are forgotten by then, and taught again."""
    behind = valkey.start(tmp_path / "data", log_dir=tmp_path)
    argv = processes.module("infra.local.upstash", "--redis", behind.address, "--token", "t")
    child = processes.start("upstash", argv, log_dir=tmp_path)
    settings = RedisSettings(
        stage="local",
        upstash_redis_rest_url=f"http://127.0.0.1:{child.port}",
        upstash_redis_rest_token=SecretStr("t"),
    )
    async with Redis(settings, LocalBreaker("redis", time.monotonic, failures=1000)) as redis:
        requests = RedisRequests(redis, lease=600)
        done, begun = await requests.begin(ASKED), await requests.begin(Asked("k2", "f"))
        assert isinstance(done, New)
        assert isinstance(begun, New)
        await requests.complete(done, "run 1", owner="ada")
        behind.kill()
        for call in (requests.begin(ASKED), requests.complete(begun, "x", owner="ada"), requests.abandon(begun)):
            with pytest.raises(DependencyDown):
                await call
        behind = valkey.start(tmp_path / "data", log_dir=tmp_path, port=behind.port)
        assert await requests.begin(ASKED) == Done("run 1")
        assert isinstance(await requests.begin(Asked("k2", "f")), InFlight)
        assert await requests.complete(begun, "run 2", owner="ada")
    child.stop()
    behind.kill()
