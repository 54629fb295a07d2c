"""What becomes of a run whose message QStash has given up."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from functions.record_failure.handler import FailureHandler
from functions.record_failure.reconcile import Outcome
from shared.database import Database
from shared.message import Message
from shared.publishing import Fate
from shared.runs.model import Run, State
from shared.runs.revive import cancel
from tests.support.desk import signed_event
from tests.support.processes import process_on
from tests.support.story import NOTE, Crash, Story, callback_body


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def body_of(run: Run, **changed: Any) -> bytes:
    return callback_body(Message(run.id, run.job, run.leg, run.epoch).encode(), **changed)


async def test_a_run_with_budget_left_is_pending_again_in_the_next_epoch_and_nothing_is_published(story: Story) -> None:
    run = await story.accept()
    calls = story.qstash.calls

    assert await story.give_up(run, dlq_id="dlq_9") == Outcome.REVIVED

    revived = await story.read(run)
    assert (revived.state, revived.epoch, revived.dlq_id) == (State.PENDING, 1, "dlq_9")
    assert (revived.revivals, revived.message_id, story.qstash.calls) == (1, None, calls)


async def test_a_callback_that_is_delivered_twice_revives_once(story: Story) -> None:
    run = await story.accept()

    outcomes = [await story.hear(body_of(run)) for _ in range(2)]

    assert outcomes == [Outcome.REVIVED, Outcome.STALE]
    assert (await story.read(run)).epoch == 1


async def test_a_run_whose_last_tries_crashed_goes_to_a_claim_that_asks_for_its_evidence(database: Database) -> None:
    """The effect has happened, and only the job can tell: the run must not be called failed, nor anybody alerted."""

    async def evidence(_: Run) -> str:
        return '"it has happened"'

    story = Story(database, evidence=evidence)
    run = await _crashed_to_the_end(story)

    assert await story.give_up(run, dlq_id="dlq_9") == Outcome.REVIVED
    handled = await story.deliver(await story.read(run))

    assert handled.answer.outcome == "succeeded"
    ended = await story.read(run)
    assert (ended.state, ended.result, ended.dlq_id) == (State.SUCCEEDED, '"it has happened"', "dlq_9")
    assert await story.alerts() == 0


async def test_without_evidence_that_claim_fails_the_run_and_says_what_is_not_known(story: Story) -> None:
    run = await _crashed_to_the_end(story)
    await story.give_up(run)

    await story.deliver(await story.read(run))

    ended = await story.read(run)
    assert (ended.state, ended.key) == (State.FAILED, None)
    assert str(ended.reason).startswith("exhausted")
    assert str(ended.reason).endswith("an interrupted attempt may have had its effect")
    assert await story.alerts() == 1
    assert await story.hear(body_of(run)) == Outcome.ENDED


async def test_a_claim_that_never_comes_is_waited_for_a_day_past_the_runs_age(story: Story) -> None:
    run = await _crashed_to_the_end(story)
    await story.change(run, ends_by=1)

    assert await story.give_up(run) == Outcome.EXPIRED

    assert str((await story.read(run)).reason).endswith("an interrupted attempt may have had its effect")
    assert await story.alerts() == 1


async def test_a_run_whose_budget_is_used_up_without_a_crash_fails_at_once(story: Story) -> None:
    run = await story.accept()
    await story.change(run, tries=3)

    assert await story.give_up(run) == Outcome.EXHAUSTED

    assert (await story.read(run)).reason == "exhausted: every try is used up, the last ones without a word"
    assert await story.alerts() == 1


async def _crashed_to_the_end(story: Story) -> Run:
    run = await story.accept(key="k")
    for _ in range(story.contract.tries):
        await story.deliver_and_crash(run)
        await story.expire_lease(run)
    return run


async def test_a_run_past_its_age_fails_as_expired(story: Story) -> None:
    run = await story.accept()
    await story.change(run, ends_by=1)

    assert await story.give_up(run) == Outcome.EXPIRED

    assert ((await story.read(run)).state, await story.alerts()) == (State.FAILED, 1)


async def test_a_cancelled_run_that_nobody_will_claim_again_is_cancelled(story: Story) -> None:
    async def later(*_: object) -> None:
        raise TimeoutError

    story.behave = later
    run = await story.accept()
    await story.deliver(run)
    await cancel(story.database, await story.read(run), by="owner")

    assert await story.give_up(run) == Outcome.CANCELLED

    assert ((await story.read(run)).state, await story.alerts()) == (State.CANCELLED, 0)


async def test_a_cancelled_run_with_an_interrupted_attempt_is_left_to_its_job(story: Story) -> None:
    """Which may have evidence that the effect happened."""
    run = await story.accept()
    await story.deliver_and_crash(run)
    await story.expire_lease(run)
    await cancel(story.database, await story.read(run), by="owner")

    assert await story.give_up(run) == Outcome.REVIVED


async def test_a_live_lease_keeps_the_run_and_the_dead_letter_is_noted(story: Story) -> None:
    run = await story.accept()
    await story.deliver_and_crash(run)

    assert await story.give_up(run, dlq_id="dlq_9") == Outcome.HELD

    held = await story.read(run)
    assert (held.state, held.epoch, held.dlq_id) == (State.RUNNING, 0, "dlq_9")
    await story.expire_lease(run)
    assert await story.give_up(run) == Outcome.REVIVED


async def test_a_dead_letter_of_a_run_that_was_never_noted_as_published_is_noted(story: Story) -> None:
    """The relay publishes it anyhow: inside ten minutes that is the dead message again, which it then finds dead."""
    story.qstash.deaf = True
    run = await story.accept()
    story.qstash.deaf = False
    story.qstash.fates["msg_0"] = Fate.DEAD

    assert await story.give_up(run, dlq_id="dlq_9") == Outcome.PENDING

    assert (await story.read(run)).dlq_id == "dlq_9"
    await story.relay_later(run)
    await story.relay_later(run)
    assert (await story.deliver(await story.read(run))).answer.outcome == "succeeded"


async def test_an_ended_run_only_has_its_dead_letter_noted(story: Story) -> None:
    run = await story.accept()
    await story.deliver(run)

    assert await story.give_up(run, dlq_id="dlq_9") == Outcome.ENDED

    ended = await story.read(run)
    assert (ended.state, ended.dlq_id) == (State.SUCCEEDED, "dlq_9")


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"epoch": 1}, Outcome.AHEAD),
        ({"leg": 1, "epoch": 1}, Outcome.AHEAD),
        ({"job": "send_email"}, Outcome.FOREIGN),
        ({"run": "nobody"}, Outcome.UNKNOWN),
    ],
)
async def test_news_of_something_else_changes_nothing(story: Story, changed: dict[str, Any], outcome: Outcome) -> None:
    run = await story.accept()

    assert await story.give_up(run, **changed) == outcome

    assert await story.read(run) == run


async def test_news_of_an_earlier_leg_is_stale(story: Story) -> None:
    run = await story.accept()
    await story.change(run, leg=1, epoch=1)

    assert await story.give_up(run) == Outcome.STALE


async def test_a_crons_failure_is_left_to_its_schedule(database: Database) -> None:
    story = Story(database, replace(NOTE, singleton=True))
    story.behave = story.crash
    with pytest.raises(Crash):
        await story.desk.deliver_body(b"")
    run = await story.desk.read("cron:note")
    await story.expire_lease(run)
    before = await story.read(run)

    assert await story.hear(body_of(before)) == Outcome.CRON

    assert await story.read(run) == before


async def test_five_at_once_revive_once(story: Story) -> None:
    run = await story.accept()

    outcomes = await asyncio.gather(*(story.hear(body_of(run)) for _ in range(5)))

    assert sorted(outcomes) == [Outcome.REVIVED, *[Outcome.STALE] * 4]
    assert (await story.read(run)).epoch == 1


async def test_a_fault_of_our_own_is_a_500_that_says_its_place_and_not_its_text(
    story: Story, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Case 32: nobody has vetted what an exception says."""

    def broken() -> Any:
        raise RuntimeError("CANARY")

    handler = FailureHandler(process=process_on(database), contracts=broken)
    received = await handler.receive(signed_event(body_of(await story.accept())))

    assert received.answer.status == 500
    assert str(received.reason).startswith("RuntimeError at record_failure/test_callbacks.py:")
    assert "CANARY" not in caplog.text
