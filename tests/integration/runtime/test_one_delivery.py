"""The way of one delivery through the runtime, on a real store."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.context import Continue, JobContext
from shared.contract import Backoff, Contract, Payload
from shared.database import Database
from shared.errors import ConfigurationError, PermanentError, RetryableError
from shared.runs.model import State
from tests.support.desk import Desk


class Say(Payload):
    text: str


CONTRACT = Contract(
    name="say", payload=Say, timeout=60, deadline=40, tries=3, backoff=Backoff(1, 2, 10), max_age=timedelta(hours=1)
)


async def test_accepted_work_runs_once_and_is_done_for_every_later_delivery(database: Database) -> None:
    said: list[str] = []

    async def work(payload: Say, _: JobContext[None]) -> dict[str, Any]:
        said.append(payload.text)
        return {"said": payload.text}

    desk = Desk(database, CONTRACT, work)
    accepted = await desk.enqueue(Say(text="$hello"))
    assert (await desk.read(accepted.run.id)).state is State.QUEUED

    first = await desk.deliver(accepted.run)
    again = await desk.deliver(accepted.run)

    assert (first.answer.status, first.answer.outcome) == (200, "succeeded")
    assert (again.answer.status, again.answer.outcome) == (200, "done")
    assert said == ["$hello"]
    run = await desk.read(accepted.run.id)
    assert run.state is State.SUCCEEDED
    assert run.result == '{"said":"$hello"}'
    assert [attempt["outcome"] for attempt in run.attempts] == ["succeeded"]


async def test_what_a_retry_can_mend_waits_and_then_fails_when_the_budget_is_used_up(database: Database) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise RetryableError("not now", retry_after=0)

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run

    statuses = [(await desk.deliver(run)).answer.status for _ in range(4)]

    assert statuses == [503, 503, 489, 489]
    ended = await desk.read(run.id)
    assert (ended.state, ended.tries) == (State.FAILED, 3)
    assert ended.error == {"code": "retryable", "message": "not now"}
    assert await database.test_alerts.count_documents({}) == 1


async def test_what_no_retry_can_mend_fails_at_once(database: Database) -> None:
    async def work(_: Say, __: JobContext[None]) -> None:
        raise PermanentError("never")

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run

    handled = await desk.deliver(run)

    assert handled.answer.status == 489
    assert handled.answer.headers["Upstash-NonRetryable-Error"] == "true"
    assert (await desk.read(run.id)).reason == "never"


async def test_long_work_continues_in_a_next_leg_under_a_new_deduplication_id(database: Database) -> None:
    seen: list[Any] = []

    async def work(_: Say, context: JobContext[None]) -> Continue | str:
        seen.append(context.cursor)
        return "done" if context.cursor == {"at": 2} else Continue({"at": (context.cursor or {"at": 0})["at"] + 1})

    desk = Desk(database, CONTRACT, work)
    run = (await desk.enqueue(Say(text="x"))).run

    assert (await desk.deliver(run)).answer.outcome == "continued"
    second = await desk.read(run.id)
    assert (second.state, second.leg, second.epoch, second.tries) == (State.QUEUED, 1, 1, 0)
    assert (await desk.deliver(run)).answer.outcome == "superseded"
    await desk.deliver(second)
    assert (await desk.deliver(await desk.read(run.id))).answer.outcome == "succeeded"

    assert seen == [None, {"at": 1}, {"at": 2}]
    assert desk.publisher.dedup_ids == [f"{run.id}.0.0", f"{run.id}.1.1", f"{run.id}.2.2"]


async def test_a_wrong_deployment_costs_no_try_and_the_next_one_does_the_work(database: Database) -> None:
    async def work(_: Say, __: JobContext[None]) -> str:
        return "done"

    def unset() -> None:
        raise ConfigurationError("configuration: RESEND_API_KEY: Field required")

    desk = Desk(database, CONTRACT, work)
    wrong = replace(desk.runtime, services=unset)
    right, desk.runtime = desk.runtime, wrong
    run = (await desk.enqueue(Say(text="x"))).run

    for _ in range(CONTRACT.tries + 2):
        assert (await desk.deliver(run)).answer.status == 500
        waiting = await desk.read(run.id)
        assert (waiting.state, waiting.tries) == (State.RETRYING, 0)
        await desk.change(run.id, not_before=0)

    desk.runtime = right
    assert (await desk.deliver(run)).answer.outcome == "succeeded"
