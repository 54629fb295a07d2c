"""What is tried again, how often, and what is said of it."""

import logging
import sys
from collections.abc import Iterator

import pytest
import stamina

from shared import deadline
from shared.breakers import BreakerOpen
from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown, PublishRefused
from shared.retries import Budget, Retries
from tests.unit.breakers.clockwork import Clock

GONE = DependencyDown("qstash", "ReadError")


@pytest.fixture(autouse=True)
def no_waits() -> Iterator[None]:
    """Stamina's own test mode: waits are nothing."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


class Call:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


async def test_a_service_that_did_not_answer_is_tried_twice_more() -> None:
    call = Call(GONE, GONE)
    assert await Retries("qstash")(call) == "done"
    assert call.calls == 3


async def test_the_last_failure_is_what_the_caller_gets() -> None:
    call = Call(GONE, GONE, DependencyDown("qstash", "the last"))
    with pytest.raises(DependencyDown, match="the last"):
        await Retries("qstash")(call)
    assert call.calls == 3


def timed_out() -> DependencyDown:
    error = DependencyDown("qstash", "no answer in 8 s")
    error.__cause__ = TimeoutError()
    return error


@pytest.mark.parametrize(
    "error",
    [
        PublishRefused("never"),
        DeadlineReached("no time"),
        BreakerOpen("qstash", retry_after=5),
        DependencyDown("qstash", "throttled", retry_after=60),
        DependencyDown("qstash", "cut off", its_fault=False),
        timed_out(),
        ValueError("ours"),
    ],
    ids=lambda error: f"{type(error).__name__}-{error}",
)
async def test_what_another_try_can_not_mend_is_tried_once(error: Exception) -> None:
    call = Call(error)
    with pytest.raises(type(error)):
        await Retries("qstash")(call)
    assert call.calls == 1


async def test_an_outage_gets_a_tenth_more_calls_and_no_flood() -> None:
    retries = Retries("qstash", budget=Budget(earned=0.1, burst=5))
    calls = 0

    async def down() -> None:
        nonlocal calls
        calls += 1
        raise GONE

    for _ in range(200):
        with pytest.raises(DependencyDown):
            await retries(down)
    assert 200 + 20 <= calls <= 200 + 5 + 20


async def test_a_budget_that_was_used_up_is_earned_again_by_calls() -> None:
    retries = Retries("qstash", budget=Budget(earned=0.25, burst=1))
    with pytest.raises(DependencyDown):
        await retries(Call(GONE, GONE, GONE))
    assert retries.budget.left < 1
    for _ in range(100):
        await retries(Call())
    assert retries.budget.left == 1
    assert await retries(Call(GONE)) == "done"


async def test_a_breaker_that_opens_meanwhile_ends_the_tries() -> None:
    call = Call(GONE, BreakerOpen("qstash", retry_after=5))
    with pytest.raises(BreakerOpen):
        await Retries("qstash")(call)
    assert call.calls == 2


async def test_a_last_failure_spends_nothing_of_the_budget() -> None:
    retries = Retries("qstash", budget=Budget(earned=0, burst=5))
    with pytest.raises(DependencyDown):
        await retries(Call(GONE, GONE, GONE))
    assert retries.budget.left == 3


async def test_no_wait_goes_past_the_deadline() -> None:
    clock, call = Clock(), Call(GONE)
    with deadline.within(0.02, clock), pytest.raises(DependencyDown):
        await Retries("qstash", world=World(monotonic=clock))(call)
    assert call.calls == 1


async def test_waits_are_anything_between_nothing_and_the_doubled_first() -> None:
    retries = Retries("qstash")
    waits = [retries._wait(GONE, 2) for _ in range(5)]
    assert all(wait is not None and 0 <= wait <= 0.2 for wait in waits)
    assert len(set(waits)) == 5


async def test_nothing_is_logged_but_kinds_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        log = logging.getLogger("retries")
        await Retries("qstash", log=log)(Call(DependencyDown("qstash", "a secret in the text")))
    assert [record.message for record in caplog.records] == ["tried again"]
    assert "secret" not in str(vars(caplog.records[0]))
    assert not {"structlog", "prometheus_client"} & set(sys.modules)
