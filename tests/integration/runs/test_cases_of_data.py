"""Cases 17 and 18: business keys, and data that pipelines must not read as language."""

import asyncio
import json
from typing import Any

import pytest

from shared.context import Continue, JobContext
from shared.database import Session, transaction
from shared.errors import PermanentError, RetryableError
from shared.runs.model import State
from shared.runs.revive import cancel
from tests.support.story import Note, Story


async def test_case_17_a_failed_run_frees_its_business_key(story: Story) -> None:
    async def never(*_: object) -> None:
        raise PermanentError("no")

    story.behave = never
    first = await story.accept(key="order-1")
    await story.deliver(first)

    second = await story.desk.enqueue(Note(), key="order-1")

    assert second.created
    assert second.run.id != first.id


async def test_case_17_a_live_or_successful_run_keeps_its_key(story: Story) -> None:
    first = await story.accept(key="order-1")
    while_live = await story.desk.enqueue(Note(), key="order-1")
    await story.deliver(first)
    when_done = await story.desk.enqueue(Note(), key="order-1")

    assert [(one.run.id, one.created) for one in (while_live, when_done)] == [(first.id, False)] * 2


async def test_case_17_another_owners_key_is_another_run(story: Story) -> None:
    """User B uses user A's key and must not see A's run."""
    of_a = await story.desk.enqueue(Note(text="of a"), key="order-1", owner="a")
    of_b = await story.desk.enqueue(Note(text="of b"), key="order-1", owner="b")

    assert of_b.created
    assert of_b.run.id != of_a.run.id
    assert of_b.run.owner == "b"


async def test_case_17_of_eight_racers_with_one_key_one_makes_the_run(story: Story) -> None:
    for order in range(12):
        accepted = await asyncio.gather(*(story.desk.enqueue(Note(), key=f"order-{order}") for _ in range(8)))

        assert len({one.run.id for one in accepted}) == 1
        assert sum(one.created for one in accepted) == 1
        assert len(story.qstash.messages) == order + 1


async def test_case_17_of_eight_racing_transactions_with_one_key_one_makes_the_run(story: Story) -> None:
    async def order(session: Session) -> str:
        await story.database.orders.insert_one({}, session=session)
        accept = story.desk.enqueuer.accept
        return (await accept(story.contract, Note(), owner="owner", key="order-1", session=session)).run.id

    ids = await asyncio.gather(*(transaction(story.database, order) for _ in range(8)))

    assert len(set(ids)) == 1
    assert await story.database.orders.count_documents({}) == 8
    assert await story.database.runs.count_documents({}) == 1


async def test_case_17_a_duplicate_does_not_abort_the_callers_transaction(story: Story) -> None:
    async def order(session: Session) -> str:
        await story.database.orders.insert_one({"_id": "mine"}, session=session)
        accepted = await story.desk.enqueuer.accept(
            story.contract, Note(), owner="owner", key="order-1", session=session
        )
        return accepted.run.id

    first = await story.accept(key="order-1")

    assert await transaction(story.database, order) == first.id
    assert await story.database.orders.count_documents({}) == 1


HOSTILE = ["$payload", "$$ROOT", "$$REMOVE", "${run}", "\x00$", "$", "a.b"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_case_18_a_text_that_begins_with_a_dollar_is_stored_as_it_is(story: Story, text: str) -> None:
    """An error, a cursor, a result, a payload, a name: all of them go through pipelines."""
    outcomes = [Continue(text), RetryableError(text, retry_after=0), text]

    async def one_after_the_other(payload: Note, context: JobContext[None]) -> Any:
        assert (payload.text, context.cursor) == (text, None if context.run.leg == 0 else text)
        if isinstance(outcome := outcomes.pop(0), Exception):
            raise outcome
        return outcome

    story.behave = one_after_the_other
    accepted = await story.desk.enqueue(Note(text=text), owner=text, key=text)
    await story.deliver(accepted.run)
    second = await story.read(accepted.run)
    await story.deliver(second)
    waiting = await story.read(second)
    await cancel(story.database, waiting, by=text)
    await story.deliver(second)

    ended = await story.read(second)
    assert ended.state is State.CANCELLED
    assert (waiting.owner, waiting.key) == (text, text)
    assert waiting.error == {"code": "retryable", "message": text}
    assert ended.cancel is not None
    assert ended.cancel["by"] == text
    assert json.loads(str(waiting.cursor)) == text


async def test_case_18_integers_of_any_size_survive(story: Story) -> None:
    """BSON has 64 bits; a cursor or a result is JSON."""
    huge = 2**80
    seen: list[Any] = []

    async def counting(_: Note, context: JobContext[None]) -> Any:
        seen.append(context.cursor)
        return Continue({"at": huge, "path": "$x.y"}) if context.cursor is None else {"at": context.cursor["at"] + 1}

    story.behave = counting
    run = await story.accept()
    await story.deliver(run)
    await story.deliver(await story.read(run))

    assert seen == [None, {"at": huge, "path": "$x.y"}]
    assert json.loads(str((await story.read(run)).result)) == {"at": huge + 1}
