"""Cases 8 to 11 and 14 to 16: what stands in the record, and what must not get into it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from shared.config import PublishSettings
from shared.context import Continue, JobContext
from shared.database import Session, transaction
from shared.errors import PermanentError
from shared.qstash_publisher import QStashPublisher
from shared.runs.model import Run, State
from shared.runs.revive import replay
from tests.support.story import Note, Story

ROOT = Path(__file__).parents[3]


async def test_case_08_a_publish_that_overtakes_its_transaction_waits_for_it(story: Story) -> None:
    """The publish went out before the transaction committed."""
    early: list[int] = []

    async def accept(session: Session) -> Run:
        accepted = await story.desk.enqueuer.accept(story.contract, Note(), owner="owner", session=session)
        early.append((await story.deliver(accepted.run)).answer.status)
        return accepted.run

    run = await transaction(story.database, accept)

    assert set(early) == {503}
    assert story.receiver.calls == []
    assert (await story.deliver(run)).answer.outcome == "succeeded"


async def test_case_08_of_a_rolled_back_transaction_nothing_runs_and_nothing_is_invented(story: Story) -> None:
    class Undone(Exception):
        pass

    accepted: list[Run] = []

    async def accept(session: Session) -> None:
        one = await story.desk.enqueuer.accept(story.contract, Note(), owner="owner", session=session)
        accepted.append(one.run)
        raise Undone

    with pytest.raises(Undone):
        await transaction(story.database, accept)
    answers = [(await story.deliver(accepted[0])).answer for _ in range(2)]

    assert [(answer.status, answer.outcome) for answer in answers] == [(503, "unknown")] * 2
    assert await story.database.runs.count_documents({}) == 0
    assert story.receiver.calls == []


@pytest.mark.parametrize("ahead", [{"leg": 1}, {"epoch": 1}])
async def test_case_08_a_leg_or_epoch_that_the_record_has_not_reached_waits(
    story: Story, ahead: dict[str, int]
) -> None:
    run = await story.accept()

    handled = await story.deliver(run, **ahead)

    assert (handled.answer.status, handled.answer.outcome) == (503, "ahead")
    assert story.receiver.calls == []


async def test_case_09_a_run_purged_by_retention_is_not_resurrected(story: Story) -> None:
    """It is redelivered from the DLQ after its record has expired."""
    run = await story.accept()
    await story.database.runs.delete_one({"_id": run.id})

    assert (await story.deliver(run)).answer.outcome == "unknown"
    assert await story.give_up(run) == "unknown"
    await story.relay()

    assert await story.database.runs.count_documents({}) == 0
    assert story.receiver.calls == []


async def test_case_10_a_leg_delivered_again_starts_no_second_chain(story: Story) -> None:
    """The answer of leg one is lost and it is delivered again after leg two is queued."""
    cursors: list[Any] = []

    async def in_legs(_: Note, context: JobContext[None]) -> Any:
        cursors.append(context.cursor)
        return Continue({"page": len(cursors)}) if len(cursors) < 3 else "done"

    story.behave = in_legs
    first = await story.accept()
    await story.deliver(first)
    second = await story.read(first)

    again = await story.deliver(first)

    assert (again.answer.status, again.answer.outcome) == (200, "superseded")
    after = await story.read(first)
    assert (after.leg, after.epoch, after.state, after.cursor) == (1, 1, State.QUEUED, '{"page":1}')
    await story.deliver(second)
    await story.deliver(await story.read(first))
    assert cursors == [None, {"page": 1}, {"page": 2}]
    assert len(story.qstash.messages) == 3


async def test_case_11_a_crash_at_every_try_ends_with_the_budget(story: Story) -> None:
    """Out of memory at every try."""
    run = await story.accept()
    for _ in range(story.contract.tries):
        await story.deliver_and_crash(run)
        await story.expire_lease(run)

    last = await story.deliver(run)

    assert (last.answer.status, last.answer.outcome) == (489, "exhausted")
    ended = await story.read(run)
    assert (ended.state, ended.tries) == (State.FAILED, 3)
    assert ended.reason is not None
    assert ended.reason.startswith("exhausted")
    assert await story.alerts() == 1


async def test_case_14_the_dead_letters_own_retry_of_a_failed_run_does_not_revive_it(story: Story) -> None:
    """It looks like a stray duplicate: same body, unsigned headers. Only replay starts the run again."""

    async def never(*_: object) -> None:
        raise PermanentError("no such page")

    story.behave = never
    run = await story.accept()
    await story.deliver(run)

    retried = await story.deliver(run)

    assert (retried.answer.status, retried.answer.headers["Upstash-NonRetryable-Error"]) == (489, "true")
    failed = await story.read(run)
    assert (failed.state, failed.epoch, len(failed.attempts)) == (State.FAILED, 0, 1)

    story.behave = story.succeed
    assert await replay(story.database, failed, by="operator", max_age=60_000) is not None
    await story.relay()
    again = await story.read(run)
    assert (again.state, again.epoch, again.tries) == (State.QUEUED, 1, 0)
    assert (await story.deliver(again)).answer.outcome == "succeeded"


@pytest.mark.parametrize(
    ("record", "state", "reason", "status"),
    [
        ({"tries": 3}, State.FAILED, "exhausted", 489),
        ({"ends_by": 1}, State.FAILED, "expired", 489),
        ({"cancel": {"by": "owner", "at": 1}}, State.CANCELLED, "cancelled", 200),
    ],
)
async def test_case_14_a_run_that_may_not_go_on_is_finished_properly_at_the_claim(
    story: Story, record: dict[str, Any], state: State, reason: str, status: int
) -> None:
    """Reason, retention, key freed, alert: not just marked."""
    run = await story.accept(key="k")
    await story.change(run, **record)

    handled = await story.deliver(run)

    ended = await story.read(run)
    document = await story.database.runs.find_one({"_id": run.id})
    assert document is not None
    assert (handled.answer.status, ended.state, ended.key) == (status, state, None)
    assert str(ended.reason).startswith(reason)
    assert "key" not in document
    assert document["expires_at"] is not None
    assert ended.finished is not None
    assert await story.alerts() == (1 if state is State.FAILED else 0)
    assert story.receiver.calls == []


async def test_case_15_what_qstash_refuses_for_good_fails_with_the_reason(story: Story) -> None:
    """Too large, a bad URL, a delay beyond the plan: not retried for ever."""
    story.qstash.refuses = True

    run = await story.accept(key="k")

    assert (run.state, run.reason, run.key) == (State.FAILED, "QStash refused the message", None)
    assert run.error is not None
    assert "too large" in run.error["message"]
    assert await story.alerts() == 1
    assert await story.relay() == {}


async def test_case_15_what_qstash_throttles_waits_longer_each_time(story: Story) -> None:
    """429, or away: the run stays pending, and one turn asks once."""
    story.qstash.down = True
    run = await story.accept()
    calls = story.qstash.calls

    for turn in range(3):
        await story.relay_later(run)
        run = await story.read(run)
        assert (run.state, run.looks, story.qstash.calls) == (State.PENDING, turn + 1, calls + turn + 1)

    story.qstash.down = False
    assert await story.relay() == {}
    assert (await story.relay_later(run))["handed_over"] == 1


async def test_case_16_an_empty_message_id_never_reaches_the_call_that_cancels_everything() -> None:
    settings = PublishSettings(
        stage="local", qstash_url="http://127.0.0.1:9", qstash_token=SecretStr("t"), failure_callback_url="http://f"
    )

    with pytest.raises(ValueError, match="every message"):
        await QStashPublisher(settings, {}).cancel("")


def test_case_16_one_guarded_place_can_cancel_messages() -> None:
    calling = {
        path.relative_to(ROOT).as_posix()
        for folder in ("shared", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if "message.cancel(" in (text := path.read_text()) or "dlq.delete(" in text
    }

    assert calling == {"shared/qstash_publisher.py"}
