"""What a job accepts in transactions of its own is handed over when it has ended, however that was."""

from typing import Any

import pytest

from shared.context import JobContext
from shared.database import Database, Session, transaction
from shared.enqueue import new_run
from shared.errors import PermanentError, RetryableError
from shared.runs import outbox
from shared.runs.model import Run, State
from tests.integration.runtime.test_one_delivery import CONTRACT, Say
from tests.support.desk import Desk

ENDS = {"succeeded": None, "retrying": RetryableError("not now"), "failed": PermanentError("never")}


def accepting(database: Database, end: Exception | None) -> Any:
    """The work of a job that accepts one more run, and then ends so."""

    async def accept(session: Session) -> Run:
        return await outbox.insert(
            database, new_run(CONTRACT, Say(text="more"), owner="o", run_id="more"), session=session
        )

    async def work(_: Say, context: JobContext[None]) -> None:
        context.accepted.append(await transaction(database, accept))
        if end is not None:
            raise end

    return work


@pytest.mark.parametrize("how", ENDS)
async def test_however_the_run_ended(database: Database, how: str) -> None:
    desk = Desk(database, CONTRACT, accepting(database, ENDS[how]))
    run = (await desk.enqueue(Say(text="x"))).run
    assert (await desk.deliver(run)).answer.outcome == how
    assert (await desk.read("more")).state is State.QUEUED
    assert [message.run for message in desk.publisher.published] == [run.id, "more"]


async def test_also_where_the_lease_was_lost_meanwhile(database: Database) -> None:
    async def work(payload: Say, context: JobContext[None]) -> None:
        await accepting(database, None)(payload, context)
        await desk.change(context.run.id, holder="another")

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    assert (await desk.deliver(run)).answer.outcome == "lost"
    assert (await desk.read("more")).state is State.QUEUED


async def test_what_was_never_committed_is_not(database: Database) -> None:
    """A transaction that began anew, or was cut off, may have left the run of its first try behind."""

    class Undone(Exception):
        pass

    async def work(payload: Say, context: JobContext[None]) -> None:
        async def accept(session: Session) -> None:
            new = new_run(CONTRACT, payload, owner="o", run_id="more")
            context.accepted.append(await outbox.insert(database, new, session=session))
            raise Undone

        with pytest.raises(Undone):
            await transaction(database, accept)

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run
    assert (await desk.deliver(run)).answer.outcome == "succeeded"
    assert [message.run for message in desk.publisher.published] == [run.id]


async def test_without_qstash_it_waits_for_the_relay(database: Database) -> None:
    desk = Desk(database, CONTRACT, accepting(database, None))
    run = (await desk.enqueue(Say(text="x"))).run
    desk.publisher.fail = lambda _: RetryableError("away")
    assert (await desk.deliver(run)).answer.outcome == "succeeded"
    assert (await desk.read("more")).state is State.PENDING
