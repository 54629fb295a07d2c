"""What a delivery does when a breaker is open or time runs out, on a real store."""

import time
from typing import Any

import pytest

from shared import deadline
from shared.breakers import BreakerOpen
from shared.context import JobContext
from shared.database import Database
from shared.errors import DeadlineReached
from shared.runs.model import State
from tests.integration.runtime.test_one_delivery import CONTRACT, Say
from tests.support.desk import Desk


async def test_work_that_an_open_breaker_kept_from_its_call_costs_no_try(database: Database) -> None:
    """More often than the budget has tries: the run waits as long as the breaker rests."""

    async def work(_: Say, __: JobContext[None]) -> None:
        raise BreakerOpen("resend", retry_after=40)

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    for _ in range(CONTRACT.tries + 2):
        await desk.change(run.id, not_before=0)
        handled = await desk.deliver(run)
        assert (handled.answer.status, handled.answer.outcome) == (503, "retrying")
        assert 40 <= int(handled.answer.headers["Retry-After"]) <= 45
        after = await desk.read(run.id)
        assert (after.state, after.tries) == (State.RETRYING, 0)
    assert after.error == {"code": "breaker_open", "message": "resend: left alone after failures"}


async def test_such_a_run_still_ends_when_it_is_too_old(database: Database) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise BreakerOpen("resend", retry_after=1)

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    await desk.deliver(run)
    await desk.change(run.id, not_before=0, ends_by=1)
    assert (await desk.deliver(run)).answer.status == 489
    assert (await desk.read(run.id)).state is State.FAILED


async def test_the_works_deadline_is_its_own_and_the_settling_has_more(database: Database) -> None:
    seen: dict[str, Any] = {}

    async def work(_: Say, context: JobContext[None]) -> None:
        seen["work"], seen["context"] = deadline.remaining(), context.remaining()

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    assert (await desk.deliver(run, remaining=20.0)).answer.status == 200
    assert seen["work"] == pytest.approx(15.0, abs=1.0)
    assert seen["work"] == pytest.approx(seen["context"], abs=0.1)
    assert deadline.remaining() is None


async def test_work_that_used_its_time_up_is_settled_all_the_same(database: Database) -> None:
    async def work(_: Say, context: JobContext[None]) -> None:
        await context.world.sleep(max(0.0, context.remaining()) - 0.01)
        deadline.at_most(1.0)

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    began = time.monotonic()
    handled = await desk.deliver(run, remaining=5.5)
    assert (handled.answer.status, handled.answer.outcome) == (503, "retrying")
    assert time.monotonic() - began < 20
    assert ((await desk.read(run.id)).error or {})["code"] == "deadline_reached"


async def test_a_delivery_without_time_is_answered_503_before_anything_is_claimed(database: Database) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise AssertionError

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    handled = await desk.deliver(run, remaining=0.4)
    assert (handled.answer.status, handled.answer.outcome) == (503, "unavailable")
    assert handled.reason == DeadlineReached("no time is left for another call").message
    assert (await desk.read(run.id)).state is State.QUEUED
