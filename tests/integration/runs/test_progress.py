"""What a job says of how far it is: on the record while it works, once a second, and never to its harm."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from functions.api.run_view import view
from shared.clock import World
from shared.config import MongoSettings
from shared.context import Continue, JobContext
from shared.database import Database, connect
from shared.runs import progress
from shared.runs.model import Run, State
from shared.runs.progress import LONGEST, MOST, Progress
from shared.runs.settle import Holder
from tests.support.story import NOTE, Note, Story


class Clock:
    """Time that only the test moves, for the work; the store has its own."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.world = World(monotonic=lambda: self.passed)


async def seen_while(story: Story, *said: tuple[Any, ...], before: float = 0.0, clock: Clock | None = None) -> Run:
    """The run as a watcher sees it when its job has said all this, each `before` seconds after the last."""
    seen: list[Run] = []

    async def work(_: Note, context: JobContext[None]) -> None:
        for one in said:
            if clock:
                clock.passed += before
            await context.progress(*one)
        seen.append(await story.desk.read(context.run.id))

    story.behave = work
    await story.deliver(await story.accept())
    return seen[0]


async def test_what_a_job_says_is_seen_while_it_works_and_gone_when_it_has_ended(story: Story) -> None:
    run = await seen_while(story, (3, 10, "pages"))
    shown = view(run, NOTE).progress
    assert shown is not None
    assert (shown.done, shown.total, shown.what) == (3, 10, "pages")
    ended = await story.read(run)
    assert (ended.state, ended.progress, view(ended, NOTE).progress) == (State.SUCCEEDED, None, None)


async def test_it_is_seen_between_two_legs_as_well(story: Story) -> None:
    async def part(_: Note, context: JobContext[None]) -> Continue:
        await context.progress(1)
        return Continue(1)

    story.behave = part
    run = await story.accept()
    await story.deliver(run)
    shown = view(await story.read(run), NOTE).progress
    assert shown is not None
    assert (shown.done, shown.total, shown.what) == (1, None, "")


@pytest.mark.parametrize(("between", "expected"), [(0.3, 9), (1.5, 10)])
async def test_it_is_written_once_a_second_at_most(database: Database, between: float, expected: int) -> None:
    clock = Clock()
    story = Story(database, world=clock.world)
    run = await seen_while(story, *((n, 10) for n in range(1, 11)), before=between, clock=clock)
    assert run.progress is not None
    assert run.progress["done"] == expected


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ((2**80, -1, "$state"), (MOST, 0, "$state")),
        ((-5, 2**80, "a\nb\x00c\ud800"), (0, MOST, "a bc\ufffd")),
    ],
)
async def test_what_a_store_can_not_hold_is_told_all_the_same(
    story: Story, said: tuple[int, int, str], shown: tuple[int, int, str]
) -> None:
    run = await seen_while(story, said)
    assert run.progress is not None
    assert tuple(run.progress[name] for name in ("done", "total", "what")) == shown


async def test_what_is_too_long_is_cut(story: Story) -> None:
    run = await seen_while(story, (1, None, "word " * 100))
    assert run.progress is not None
    assert len(run.progress["what"]) <= LONGEST


async def test_a_store_that_is_away_holds_the_job_up_for_a_moment_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.1)
    nowhere = SecretStr("mongodb://127.0.0.1:9")
    away = connect(MongoSettings(stage="local", mongodb_uri=nowhere, mongodb_database="away"))
    async with asyncio.timeout(progress.PATIENCE + 30):
        await Progress(away, Holder("run", "token", 1), World()).tell(1, None, "pages")
    away.client.close()


async def test_a_worker_who_has_lost_the_run_overwrites_nothing(story: Story) -> None:
    begun, going = asyncio.Event(), asyncio.Event()

    async def slow(_: Note, context: JobContext[None]) -> None:
        begun.set()
        await going.wait()
        await context.progress(1)

    async def fast(_: Note, context: JobContext[None]) -> None:
        await context.progress(7)
        going.set()
        await first
        seen.append(await story.desk.read(context.run.id))

    seen: list[Run] = []
    story.behave = slow
    run = await story.accept()
    first = asyncio.create_task(story.deliver(run))
    await begun.wait()
    await story.expire_lease(run)
    story.behave = fast
    await story.deliver(await story.read(run))
    assert seen[0].progress is not None
    assert seen[0].progress["done"] == 7


async def test_one_that_comes_when_the_run_has_ended_does_not_come_back(story: Story) -> None:
    told: list[Progress] = []

    async def work(_: Note, context: JobContext[None]) -> None:
        assert context.told is not None
        told.append(context.told)

    story.behave = work
    run = await story.accept()
    await story.deliver(run)
    await told[0].tell(1, 2, "pages")
    assert (await story.read(run)).progress is None
