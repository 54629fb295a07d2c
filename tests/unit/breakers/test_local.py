"""The breaker in one process's memory: what it counts, when it rests, and who probes."""

import asyncio

import pytest

from shared.breakers import BreakerOpen, LocalBreaker
from shared.errors import DeadlineReached, DependencyDown, PermanentError
from tests.unit.breakers.clockwork import Clock, Service, through


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def breaker(clock: Clock, service: Service) -> LocalBreaker:
    return LocalBreaker("qstash", clock, failures=3, rest=5.0, longest=20.0, changed=service.changes.append)


async def test_it_opens_after_failures_in_a_row_and_makes_no_call_then(breaker: LocalBreaker, service: Service) -> None:
    service.down()
    seen = [await through(breaker, service) for _ in range(5)]
    assert seen == ["DependencyDown"] * 3 + ["BreakerOpen"] * 2
    assert service.calls == 3


async def test_a_success_between_failures_starts_the_count_anew(breaker: LocalBreaker, service: Service) -> None:
    for broken in (True, True, False, True, True):
        service.error = DependencyDown("qstash", "x") if broken else None
        await through(breaker, service)
    assert await through(breaker, service) == "DependencyDown"
    assert service.calls == 6


@pytest.mark.parametrize(
    "error",
    [
        DeadlineReached("no time is left"),
        DependencyDown("qstash", "cut off", its_fault=False),
        DependencyDown("mongodb", "another service's"),
        PermanentError("a refusal"),
        BreakerOpen("redis", retry_after=1),
        ValueError("a fault of ours"),
    ],
)
async def test_what_tells_nothing_bad_of_the_service_never_opens_it(
    breaker: LocalBreaker, service: Service, error: Exception
) -> None:
    service.error = error
    for _ in range(10):
        assert await through(breaker, service) == type(error).__name__
    assert service.calls == 10


async def test_one_call_at_a_time_probes_when_the_rest_is_over(
    breaker: LocalBreaker, service: Service, clock: Clock
) -> None:
    service.down()
    for _ in range(3):
        await through(breaker, service)
    clock.at += 5.1
    service.error = None
    calling, answered = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        calling.set()
        await answered.wait()

    probe = asyncio.create_task(through(breaker, slow))
    await calling.wait()
    assert await through(breaker, service) == "BreakerOpen"
    answered.set()
    assert await probe == "ok"
    assert await through(breaker, service) == "ok"
    assert [change.opened for change in service.changes] == [True, False]


async def test_each_failed_probe_doubles_the_rest_up_to_the_longest(
    breaker: LocalBreaker, service: Service, clock: Clock
) -> None:
    service.down()
    for _ in range(3):
        await through(breaker, service)
    for rest in (5, 10, 20, 20):
        clock.at += rest - 0.1
        assert await through(breaker, service) == "BreakerOpen"
        clock.at += 0.2
        assert await through(breaker, service) == "DependencyDown"


async def test_a_probe_that_tells_nothing_leaves_the_way_to_the_next(
    breaker: LocalBreaker, service: Service, clock: Clock
) -> None:
    service.down()
    for _ in range(3):
        await through(breaker, service)
    clock.at += 5.1
    service.error = DeadlineReached("no time is left")
    assert await through(breaker, service) == "DeadlineReached"
    service.error = None
    assert await through(breaker, service) == "ok"
    assert [change.opened for change in service.changes] == [True, False]


async def test_a_refusal_answers_a_probe(breaker: LocalBreaker, service: Service, clock: Clock) -> None:
    service.down()
    for _ in range(3):
        await through(breaker, service)
    clock.at += 5.1
    service.error = PermanentError("a refusal")
    await through(breaker, service)
    assert service.changes[-1].opened is False


async def test_a_call_from_before_it_opened_does_not_close_it(breaker: LocalBreaker, service: Service) -> None:
    answered = asyncio.Event()

    async def slow() -> None:
        await answered.wait()

    early = asyncio.create_task(through(breaker, slow))
    await asyncio.sleep(0)
    service.down()
    for _ in range(3):
        await through(breaker, service)
    answered.set()
    assert await early == "ok"
    assert await through(breaker, service) == "BreakerOpen"
