"""What holds of a limit while Redis is down, hangs, answers nonsense or comes back without its data."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import redis as valkey
from shared import degraded
from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.rate_limits import Away, Limit, RedisRateLimits
from shared.rate_limits.on_redis import PATIENCE as OWN_PATIENCE
from shared.redis import Redis
from tests.integration.rate_limits.callers import PATIENCE, Callers
from tests.support.wire import serving

TOKEN = "x"


def limit(away: Away, requests: int = 10) -> Limit:
    return Limit(f"limit-{away.value}", requests=requests, seconds=3600, away=away)


@asynccontextmanager
async def limits_at(url: str, patience: float = OWN_PATIENCE) -> AsyncIterator[RedisRateLimits]:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr(TOKEN))
    async with Redis(settings, LocalBreaker("redis", time.monotonic)) as client:
        yield RedisRateLimits(client, World(), patience=patience)


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[tuple[RedisRateLimits, Callable[[], int]]]:
    """Limits on a server that answers every question so, or never; and how often it was asked."""
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.read(10_000)
        asked += 1
        if answer is None:
            await asyncio.Event().wait()
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer) + answer)
            await writer.drain()

    async with serving(serve) as port, limits_at(f"http://{LOOPBACK}:{port}") as limits:
        yield limits, lambda: asked


@pytest.fixture
async def nowhere() -> AsyncIterator[RedisRateLimits]:
    async with limits_at("http://127.0.0.1:9") as limits:
        yield limits


async def test_an_open_limit_lets_everything_pass_and_says_so(nowhere: RedisRateLimits) -> None:
    with degraded.watched() as fallbacks:
        decisions = [await nowhere.ask(limit(Away.OPEN), "ada") for _ in range(30)]
    assert all(one.allowed and one.remaining is None and one.away for one in decisions)
    assert fallbacks == {"redis": {"no rate limits"}}


async def test_a_closed_limit_lets_nothing_pass(nowhere: RedisRateLimits) -> None:
    for _ in range(5):  # the client's breaker opens among them
        with pytest.raises(DependencyDown) as seen:
            await nowhere.ask(limit(Away.CLOSED), "ada")
        assert seen.value.service == "redis"


async def test_a_local_limit_lets_half_pass_for_each_identity_and_says_so(nowhere: RedisRateLimits) -> None:
    with degraded.watched() as fallbacks:
        decisions = [await nowhere.ask(limit(Away.LOCAL), "ada") for _ in range(7)]
    assert [one.allowed for one in decisions] == [True] * 5 + [False] * 2
    assert [one.remaining for one in decisions] == [4, 3, 2, 1, 0, 0, 0]
    assert 1 <= decisions[-1].retry_after <= 720
    assert fallbacks == {"redis": {"local rate limits"}}
    assert (await nowhere.ask(limit(Away.LOCAL), "eve")).allowed


async def test_a_local_count_can_be_given_back(nowhere: RedisRateLimits) -> None:
    decisions = [await nowhere.ask(limit(Away.LOCAL), "ada") for _ in range(5)]
    await nowhere.give_back(decisions[-1])
    assert [(await nowhere.ask(limit(Away.LOCAL), "ada")).allowed for _ in range(2)] == [True, False]


async def test_a_redis_that_hangs_costs_half_a_second_and_then_nothing() -> None:
    async with answering(None) as (limits, asked):
        begun = time.monotonic()
        for _ in range(6):
            assert (await limits.ask(limit(Away.LOCAL, 100), "ada")).allowed
        assert time.monotonic() - begun >= 3 * OWN_PATIENCE
    assert asked() == 3, "its breaker is open after three failures"


async def test_a_redis_that_has_just_failed_is_not_asked_again() -> None:
    async with answering(None) as (limits, asked):
        first = await limits.ask(limit(Away.LOCAL), "ada")
        second = await limits.ask(limit(Away.LOCAL), "198.51.100.7", away=first.away)
        with pytest.raises(DependencyDown):
            await limits.ask(limit(Away.CLOSED), "ada", away=first.away)
    assert second.away is first.away
    assert asked() == 1


NONSENSE = [
    b"",
    b"<h1>",
    b"{}",
    b"[]",
    b"null",
    b'{"result": null}',
    b'{"result": []}',
    b'{"result": 5}',
    b'{"result": "x"}',
    b'{"result": [1]}',
    b'{"result": ["1", "2"]}',
    b'{"result": [null, null]}',
    b'{"result": [-1, 1795477777000]}',
    b'{"result": [-2, 1]}',
    b'{"result": [1, 2, 3, {"a": [[[]]]}]}',
    b'{"error": "ERR max daily request limit exceeded"}',
]


@pytest.mark.parametrize("answer", NONSENSE)
async def test_a_redis_that_answers_nonsense_is_away(answer: bytes) -> None:
    async with answering(answer) as (limits, _):
        with pytest.raises(DependencyDown):
            await limits.ask(limit(Away.CLOSED), "ada")
        assert (await limits.ask(limit(Away.LOCAL), "ada")).away


async def test_what_was_counted_outlives_redis_being_killed(tmp_path: Path) -> None:
    behind = valkey.start(tmp_path / "redis", log_dir=tmp_path)
    command = processes.module("infra.local.upstash", "--redis", behind.address, "--token", TOKEN)
    rest = processes.start("upstash", command, log_dir=tmp_path)
    try:
        async with limits_at(f"http://{LOOPBACK}:{rest.port}", PATIENCE) as limits:
            for _ in range(9):
                assert (await limits.ask(limit(Away.CLOSED), "ada")).allowed
            behind.kill()
            with pytest.raises(DependencyDown):
                await limits.ask(limit(Away.CLOSED), "ada")
            behind = valkey.start(tmp_path / "redis", log_dir=tmp_path, port=behind.port)
            assert [(await limits.ask(limit(Away.CLOSED), "ada")).allowed for _ in range(2)] == [True, False]
    finally:
        rest.stop()
        behind.kill()


async def test_a_redis_that_lost_its_data_counts_anew(callers: Callers) -> None:
    limits = await callers.ours()
    for _ in range(2):
        decisions = [await limits.ask(limit(Away.CLOSED, 3), "ada") for _ in range(4)]
        assert [one.allowed for one in decisions] == [True, True, True, False]
        await (await callers.client()).call("FLUSHALL")
