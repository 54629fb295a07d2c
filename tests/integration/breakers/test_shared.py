"""Breakers of several Lambdas on one real Redis: one meets the outage, all leave the service alone."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from shared.breakers import LocalBreaker, Policy, SharedBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.redis import Redis
from tests.unit.breakers.clockwork import Service, through

POLICY = Policy(failures=2, rest=60, longest=300, jitter=0)

Lambda = Callable[..., SharedBreaker]


@pytest.fixture
async def a_lambda(empty_redis: RedisSettings) -> AsyncIterator[Lambda]:
    """Makes breakers that share nothing but Redis."""
    async with AsyncExitStack() as stack:

        def made() -> SharedBreaker:
            client = Redis(empty_redis, LocalBreaker("redis", time.monotonic))
            stack.push_async_callback(client.aclose)
            return SharedBreaker(lambda: client, "qstash", World(), policy=POLICY, every=0.0)

        yield made


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may stand still for longer than a breaker waits for Redis."""
    monkeypatch.setattr("shared.breakers.shared.PATIENCE", 30)


@pytest.fixture
def service() -> Service:
    return Service()


async def opened_by(breaker: SharedBreaker, service: Service) -> None:
    service.down()
    for _ in range(POLICY.failures):
        await through(breaker, service)


async def test_what_one_lambda_has_met_another_leaves_alone(a_lambda: Lambda, service: Service) -> None:
    one, other = a_lambda(), a_lambda()
    await opened_by(one, service)
    reached = service.calls
    assert [await through(breaker, service) for breaker in (one, other)] == ["BreakerOpen"] * 2
    assert service.calls == reached


async def test_redis_that_comes_back_counts_again(
    empty_redis: RedisSettings, a_lambda: Lambda, service: Service
) -> None:
    nowhere = empty_redis.model_copy(update={"upstash_redis_rest_url": "http://127.0.0.1:9"})
    async with (
        Redis(nowhere, LocalBreaker("redis", time.monotonic)) as away,
        Redis(empty_redis, LocalBreaker("redis", time.monotonic)) as back,
    ):
        client = away
        breaker = SharedBreaker(lambda: client, "qstash", World(), policy=POLICY, every=0.0)
        assert await through(breaker, service) == "ok"
        await opened_by(a_lambda(), service)
        service.error = None
        assert await through(breaker, service) == "ok"  # it can't know
        client = back
        assert await through(breaker, service) == "BreakerOpen"


async def test_nothing_is_written_while_all_is_well(a_lambda: Lambda, service: Service, redis: Redis) -> None:
    breaker = a_lambda()
    for _ in range(5):
        await through(breaker, service)
    assert await redis.call("KEYS", "*") == []


async def test_an_open_breaker_is_one_key_that_is_forgotten_in_time(
    redis: Redis, a_lambda: Lambda, service: Service
) -> None:
    await opened_by(a_lambda(), service)
    assert await redis.call("KEYS", "*") == ["breaker:qstash"]
    assert 0 < await redis.call("PTTL", "breaker:qstash") <= 361_000
