"""Cases 20, 21, 35 and 36: crons, replayed tokens, bodies that are too large, and the operators' alerts."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.alerts import OPERATORS, WINDOW, alerting
from functions.send_email.contract import CONTRACT as SEND_EMAIL
from shared.context import Continue, JobContext
from shared.database import Database
from shared.deliveries import first_use
from shared.errors import BadRequest, PermanentError
from shared.events import MAX_BODY
from shared.message import Message
from shared.runs.finish import End, finish
from shared.runs.model import State
from shared.runs.settle import Failed, Holder, settle
from tests.support.desk import signed_event
from tests.support.story import NOTE, Crash, Note, Story

CRON = replace(NOTE, name="tick", singleton=True)
PLAIN = replace(NOTE, accepts_plain=True)


class Tick(Story):
    """A cron's story: its deliveries have no body."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, CRON)
        self.ticks = 0
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.behave = self.tick

    async def tick(self, *_: object) -> None:
        self.ticks += 1
        self.begun.set()
        await self.go.wait()

    async def call(self) -> tuple[int, str]:
        answer = (await self.desk.deliver_body(b"")).answer
        return answer.status, answer.outcome


@pytest.fixture
def tick(database: Database) -> Tick:
    # A cron's payload is empty.
    return Tick(database)


async def test_case_20_a_cron_delivered_twice_or_overlapping_runs_once_at_a_time(tick: Tick) -> None:
    first = asyncio.create_task(tick.call())
    await tick.begun.wait()

    assert await tick.call() == (200, "busy")
    tick.go.set()
    assert await first == (200, "succeeded")

    assert tick.ticks == 1
    assert await tick.call() == (200, "succeeded")
    assert tick.ticks == 2
    assert [run["_id"] async for run in tick.database.runs.find()] == ["cron:tick"]


async def test_case_20_of_many_first_ticks_at_once_one_makes_the_record(tick: Tick) -> None:
    tick.go.set()

    answers = await asyncio.gather(*(tick.call() for _ in range(8)))

    assert {status for status, _ in answers} == {200}
    assert await tick.database.runs.count_documents({}) == 1
    assert tick.ticks == sum(outcome == "succeeded" for _, outcome in answers)


async def test_case_20_a_cron_that_crashed_a_hundred_times_still_has_its_next_turn(tick: Tick) -> None:
    """It has no budget, and the relay leaves it to its schedule."""
    tick.go.set()
    tick.behave = tick.crash
    for _ in range(10):
        with pytest.raises(Crash):
            await tick.call()
        await tick.database.runs.update_one({}, {"$set": {"lease": 1, "look_at": 1, "ends_by": 1}})

    assert await tick.relay() == {}
    tick.behave = tick.tick

    assert await tick.call() == (200, "succeeded")
    assert tick.ticks == 1
    assert await tick.alerts() == 0


async def test_case_20_a_cron_may_continue_in_legs(tick: Tick) -> None:
    cursors: list[Any] = []

    async def in_legs(_: Note, context: JobContext[None]) -> Any:
        cursors.append(context.cursor)
        return Continue({"at": 1}) if context.cursor is None else None

    tick.behave = in_legs
    assert await tick.call() == (200, "continued")
    [message] = tick.qstash.messages.values()
    assert message == Message("cron:tick", "tick", 1, 1)

    assert (await tick.desk.deliver_body(message.encode())).answer.outcome == "succeeded"

    assert cursors == [None, {"at": 1}]
    assert await tick.call() == (200, "continued")
    assert cursors[-1] is None


async def test_case_21_a_captured_token_with_another_message_id_claims_nothing_twice(story: Story) -> None:
    """Within its 300 s; the message id header is not signed. A run in the body is claimed once."""
    run = await story.accept()
    event = signed_event(Message(run.id, run.job, 0, 0).encode(), message_id="msg_0")
    again = {**event, "headers": {**event["headers"], "upstash-message-id": "msg_other"}}

    answers = [(await story.desk.deliver_body(b"", event=one)).answer for one in (event, again)]

    assert [(answer.status, answer.outcome) for answer in answers] == [(200, "succeeded"), (200, "done")]
    assert story.receiver.calls == [run.id]


async def test_case_21_a_body_without_a_run_is_caught_by_its_token(database: Database) -> None:
    story = Story(database, PLAIN)
    event: Mapping[str, Any] = signed_event(b'{"text":"plain"}', message_id="msg_7")
    again = {**event, "headers": {**event["headers"], "upstash-message-id": "msg_8"}}

    first, second = [await story.desk.deliver_body(b"", event=one) for one in (event, again)]

    assert (first.answer.status, second.answer.status) == (200, 401)
    assert second.reason == "used before"
    assert story.receiver.calls == ["note:msg_7"]


async def test_case_21_of_many_uses_of_a_token_at_once_one_is_the_first(database: Database) -> None:
    for round_ in range(5):
        first = await asyncio.gather(*(first_use(database, f"jwt_{round_}") for _ in range(8)))
        assert first.count(True) == 1


async def test_case_21_qstashs_own_redelivery_of_a_plain_body_is_the_same_run(database: Database) -> None:
    """Each delivery has a token of its own."""
    story = Story(database, PLAIN)

    for _ in range(2):
        await story.desk.deliver_body(b'{"text":"plain"}', message_id="msg_7")

    assert story.receiver.calls == ["note:msg_7"]


async def test_case_35_a_message_over_our_limit_is_refused_for_good_once_it_is_believed(story: Story) -> None:
    """413 would be retried."""
    body = b'{"text":"' + b"x" * MAX_BODY + b'"}'

    believed = await story.desk.deliver_body(body)
    forged = await story.desk.deliver_body(body, key="sig_another_key_that_is_long_enough_3")

    assert (believed.answer.status, believed.answer.headers["Upstash-NonRetryable-Error"]) == (489, "true")
    assert forged.answer.status == 401
    rejection = await story.database.rejections.find_one({})
    assert rejection is not None
    assert rejection["reason"] == f"larger than {MAX_BODY} bytes"
    assert await story.database.rejections.count_documents({}) == 1


async def test_case_36_many_failures_are_one_digest_a_window(story: Story) -> None:
    runs = [await story.accept() for _ in range(24)]
    end = End(state=State.FAILED, reason="no", error={})

    await asyncio.gather(*(finish(story.database, run, end, alert=alerting(story.database)) for run in runs))

    window = int(WINDOW.total_seconds() * 1000)
    windows = {int((await story.read(run)).finished or 0) // window for run in runs}
    digests = await story.database.runs.find({"job": SEND_EMAIL.name}).to_list(None)
    assert len(digests) == len(windows) <= 2
    assert {(digest["owner"], digest["state"]) for digest in digests} == {(OPERATORS, "pending")}


@pytest.mark.parametrize("way", ["settled", "finished"])
async def test_case_36_a_failing_alert_raises_none(story: Story, way: str) -> None:
    """By whichever way it fails."""
    run = await story.accept()
    await story.change(run, raises_alert=False)

    if way == "finished":
        await story.change(run, tries=3)
        await story.deliver(run)
    else:

        async def never(*_: object) -> None:
            raise PermanentError("no")

        story.behave = never
        await story.deliver(run)

    assert (await story.read(run)).state is State.FAILED
    assert await story.alerts() == 0


async def test_case_36_the_alert_exists_exactly_when_the_failure_does(story: Story) -> None:
    """One transaction: a stale worker's failure is neither recorded nor told."""
    run = await story.accept()
    await story.deliver_and_crash(run)

    stale = await settle(story.database, Holder(run.id, "not the holder", 1), Failed("no", {}), alert=story.desk._alert)

    assert stale is None
    assert (await story.read(run)).state is State.RUNNING
    assert await story.alerts() == 0


@pytest.mark.parametrize(("error", "alerts"), [(BadRequest("no such document"), 0), (PermanentError("refused"), 1)])
async def test_what_only_its_caller_can_mend_tells_no_operator(
    story: Story, error: PermanentError, alerts: int
) -> None:
    """Anybody may ask for what is not there: that is no news, and no way to fill the operators' mailbox."""

    async def never(*_: object) -> None:
        raise error

    story.behave = never
    run = await story.accept()
    assert (await story.deliver(run)).answer.status == 489
    ended = await story.read(run)
    assert (ended.state, ended.reason) == (State.FAILED, error.message)
    assert await story.alerts() == alerts
