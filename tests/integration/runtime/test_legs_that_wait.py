"""A job that waits for others goes on in a leg that comes later, and no try is spent on the waiting."""

from typing import Any

from shared.context import Continue, JobContext
from shared.database import Database
from shared.runs.model import State
from tests.support.desk import Desk
from tests.support.story import NOTE, Note


async def wait(_: Note, context: JobContext[None]) -> Any:
    return "done" if context.cursor == "waited" else Continue("waited", after=30)


async def test_the_next_leg_is_due_when_the_wait_is_over(database: Database) -> None:
    desk = Desk(database, NOTE, wait)
    run = (await desk.enqueue(Note())).run
    assert (await desk.deliver(run)).answer.outcome == "continued"

    waiting = await desk.read(run.id)
    assert (waiting.state, waiting.leg, waiting.tries) == (State.QUEUED, 1, 0)
    assert waiting.not_before - waiting.attempts[-1]["ended"] == 30_000
    early = await desk.deliver(waiting)
    assert (early.answer.status, early.answer.outcome) == (503, "early")

    await desk.change(run.id, not_before=0)
    assert (await desk.deliver(await desk.read(run.id))).answer.outcome == "succeeded"


async def test_a_leg_that_waits_for_nothing_is_due_at_once(database: Database) -> None:
    async def go_on(_: Note, context: JobContext[None]) -> Any:
        return "done" if context.cursor else Continue("on")

    desk = Desk(database, NOTE, go_on)
    run = (await desk.enqueue(Note())).run
    await desk.deliver(run)
    assert (await desk.deliver(await desk.read(run.id))).answer.outcome == "succeeded"
