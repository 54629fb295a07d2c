"""Case 12: a coroutine is cancelled, its thread is not."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.context import JobContext
from shared.database import Database
from shared.handler import LEFTOVER_EXIT, JobHandler
from shared.runs.model import State
from shared.threads import Threads
from tests.support.processes import process_on
from tests.support.story import NOTE, Note, Story

QUICK = replace(NOTE, deadline=0.2)


class SlowEffect:
    """A blocking call that has its effect only when it is let go."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.go = threading.Event()

    def block(self, key: str) -> None:
        self.go.wait(20)
        self.story.receiver.apply(key)

    async def __call__(self, _: Note, context: JobContext[None]) -> None:
        await context.blocking(self.block, context.key)


@pytest.fixture
def slow(database: Database) -> Iterator[SlowEffect]:
    effect = SlowEffect(Story(database, QUICK))
    effect.story.behave = effect
    yield effect
    effect.go.set()


async def test_case_12_while_its_thread_lives_the_lease_is_kept(slow: SlowEffect) -> None:
    """The deadline has passed, the thread is still at it: a second worker would have the effect beside it."""
    story = slow.story
    run = await story.accept()

    left = await story.deliver(run)

    assert left.answer.status == 409
    assert left.reason == "a thread is still alive"
    held = await story.read(run)
    assert (held.state, held.fence) == (State.RUNNING, 1)
    assert held.lease > held.created + 50_000
    assert (await story.deliver(run)).answer.status == 409
    assert story.receiver.calls == []


async def test_case_12_when_the_sandbox_is_gone_the_next_one_goes_on(slow: SlowEffect) -> None:
    story = slow.story
    run = await story.accept()
    await story.deliver(run)
    slow.go.set()
    while story.desk.runtime.threads.alive:  # noqa: ASYNC110 - a thread tells nobody that it is done
        await asyncio.sleep(0.01)
    await story.expire_lease(run)

    assert (await story.deliver(run)).answer.outcome == "succeeded"

    assert story.receiver.calls == [run.id, run.id]
    assert story.receiver.applied[run.id] == 1


class Left(BaseException):
    """What os._exit is in a test."""


def test_case_12_a_sandbox_left_with_a_thread_exits_before_it_claims_anything() -> None:
    def leave(code: int) -> None:
        assert code == LEFTOVER_EXIT
        raise Left

    process = process_on(database=None)  # type: ignore[arg-type] # what must not be touched
    process.threads = Threads()
    go = threading.Event()

    async def leave_a_thread() -> None:
        waiting = asyncio.create_task(process.threads.run(go.wait, 20))
        await asyncio.sleep(0.01)
        waiting.cancel()

    handler = JobHandler(
        NOTE,
        lambda *_: pytest.fail("it ran"),
        contracts=dict,
        services=lambda _: None,
        alert=lambda _: pytest.fail("the event was looked at"),
        process=process,
        leave=leave,
    )
    process.run(leave_a_thread())
    try:
        with pytest.raises(Left):
            handler({}, None)  # type: ignore[arg-type] # not even the time left is asked for
    finally:
        go.set()
        process.loop.close()
        asyncio.set_event_loop(None)
