"""Case 13: a heartbeat during the settling transaction blocks and then looks like a lost lease."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared import runtime
from shared.context import JobContext
from shared.database import Database
from shared.runs import settle as settling
from shared.runs.model import State
from shared.runs.revive import cancel
from tests.support.story import NOTE, Note, Story

BEATING = replace(NOTE, heartbeat=0.05)


async def test_case_13_the_heart_stands_still_before_anything_is_settled(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A beat that is under way when the work is done would meet the transaction that settles and inserts."""
    story = Story(database, BEATING)
    beating = asyncio.Event()
    overlaps: list[bool] = []

    async def slow_renew(*args: Any) -> bool:
        beating.set()
        try:
            await asyncio.sleep(20)
            return await settling.renew(*args)
        finally:
            beating.clear()

    async def watched_settle(*args: Any, **options: Any) -> Any:
        overlaps.append(beating.is_set())
        return await settling.settle(*args, **options)

    monkeypatch.setattr(runtime, "renew", slow_renew)
    monkeypatch.setattr(runtime, "settle", watched_settle)

    async def work(payload: Note, context: JobContext[None]) -> str:
        context.enqueue(BEATING, Note(text="follow-up"))
        await beating.wait()
        return await story.succeed(payload, context)

    story.behave = work
    run = await story.accept()

    assert (await story.deliver(run)).answer.outcome == "succeeded"

    assert overlaps == [False]
    ended = await story.read(run)
    assert (ended.state, ended.lease) == (State.SUCCEEDED, 0)
    assert await database.runs.count_documents({}) == 2


async def test_case_13_long_work_keeps_its_lease_by_its_heartbeat(database: Database) -> None:
    """A lease of 0.15 s and work of 0.5 s: without a beat another worker could have it."""
    story = Story(database, BEATING)

    async def work(payload: Note, context: JobContext[None]) -> str:
        await asyncio.sleep(0.5)
        return await story.succeed(payload, context)

    story.behave = work
    run = await story.accept()
    working = asyncio.create_task(story.deliver(run))
    await asyncio.sleep(0.35)

    assert (await story.deliver(run)).answer.outcome == "busy"

    assert (await working).answer.outcome == "succeeded"
    assert story.receiver.calls == [run.id]


async def test_case_13_a_cancellation_stops_the_work_at_a_heartbeat(database: Database) -> None:
    story = Story(database, BEATING)
    begun = asyncio.Event()

    async def work(*_: object) -> None:
        begun.set()
        await asyncio.sleep(20)

    story.behave = work
    run = await story.accept()
    working = asyncio.create_task(story.deliver(run))
    await begun.wait()

    await cancel(database, await story.read(run), by="owner")

    assert (await working).answer.outcome == "cancelled"
    assert (await story.read(run)).state is State.CANCELLED
