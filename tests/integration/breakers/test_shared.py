"""Breakers of several Lambdas on one real Redis: one meets the outage, all leave the service alone, one probes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from shared.breakers import Change, LocalBreaker, Policy, SharedBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DeadlineReached
from shared.redis import Redis
from tests.unit.breakers.clockwork import Service, through

REST = 0.4
POLICY = Policy(failures=2, rest=REST, longest=5, jitter=0)

Lambda = Callable[..., SharedBreaker]


@pytest.fixture
def changes() -> list[Change]:
    return []


@pytest.fixture
async def a_lambda(empty_redis: RedisSettings, changes: list[Change]) -> AsyncIterator[Lambda]:
    """Makes breakers that share nothing but Redis."""
    async with AsyncExitStack() as stack:

        def made(*, every: float = 0.0, lease: float = 30.0) -> SharedBreaker:
            client = Redis(empty_redis, LocalBreaker("redis", time.monotonic))
            stack.push_async_callback(client.aclose)
            return SharedBreaker(
                lambda: client, "qstash", World(), policy=POLICY, every=every, lease=lease, changed=changes.append
            )

        yield made


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


async def test_one_of_twenty_lambdas_is_elected_and_closes_it_for_all(
    a_lambda: Lambda, service: Service, changes: list[Change]
) -> None:
    lambdas = [a_lambda() for _ in range(20)]
    await opened_by(lambdas[0], service)
    for breaker in lambdas:
        assert await through(breaker, service) == "BreakerOpen"
    service.error = None
    await asyncio.sleep(REST + 0.05)
    calls = 0

    async def slow() -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(1.0)

    seen = await asyncio.gather(*(through(breaker, slow) for breaker in lambdas))
    assert (sorted(seen), calls) == (["BreakerOpen"] * 19 + ["ok"], 1)
    await asyncio.sleep(1.1)  # they were told to ask again in a second, at the soonest
    assert {await through(breaker, service) for breaker in lambdas} == {"ok"}
    assert [change.opened for change in changes] == [True, False]


async def test_a_probe_that_fails_lets_everybody_rest_twice_as_long(
    a_lambda: Lambda, service: Service, changes: list[Change]
) -> None:
    one, other = a_lambda(), a_lambda()
    await opened_by(one, service)
    await asyncio.sleep(REST + 0.05)
    assert await through(other, service) == "DependencyDown"
    await asyncio.sleep(REST + 0.05)
    assert await through(one, service) == "BreakerOpen"
    assert [(change.opened, change.openings, change.shared) for change in changes] == [(True, 1, True), (True, 2, True)]
    assert changes[1].rest == pytest.approx(2 * REST, abs=0.1)


async def test_a_prober_that_dies_is_followed_when_its_lease_is_over(a_lambda: Lambda, service: Service) -> None:
    dying, other = a_lambda(lease=0.3), a_lambda(lease=0.3)
    await opened_by(dying, service)
    service.error = None
    await asyncio.sleep(REST + 0.05)

    async def for_ever() -> None:
        await asyncio.sleep(60)

    probe = asyncio.create_task(through(dying, for_ever))
    await asyncio.sleep(0.1)
    assert await through(other, service) == "BreakerOpen"
    probe.cancel()
    await asyncio.wait({probe})
    await asyncio.sleep(0.4)
    assert await through(other, service) == "ok"


async def test_a_probe_that_tells_nothing_gives_its_place_up_at_once(a_lambda: Lambda, service: Service) -> None:
    one, other = a_lambda(), a_lambda()
    await opened_by(one, service)
    await asyncio.sleep(REST + 0.05)
    service.error = DeadlineReached("no time is left")
    assert await through(one, service) == "DeadlineReached"
    service.error = None
    assert await through(other, service) == "ok"


async def test_a_late_prober_does_not_close_what_opened_after_its_lease(a_lambda: Lambda, service: Service) -> None:
    late, other = a_lambda(lease=0.1), a_lambda(lease=0.1)
    await opened_by(late, service)
    await asyncio.sleep(REST + 0.05)
    goes_on = asyncio.Event()
    probe = asyncio.create_task(through(late, goes_on.wait))
    await asyncio.sleep(0.2)
    assert await through(other, service) == "DependencyDown"
    goes_on.set()
    assert await probe == "ok"
    fresh = a_lambda()
    assert await through(fresh, service) == "BreakerOpen"


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
    assert 0 < await redis.call("PTTL", "breaker:qstash") <= 301_000
