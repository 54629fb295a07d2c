"""Cases 1 to 7: what QStash and the relay do while a run is on its way."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.context import Continue, JobContext
from shared.publishing import Fate
from shared.runs import outbox
from shared.runs.claim import Claimant, Verdict, claim
from shared.runs.model import Run, State
from shared.runs.revive import replay
from tests.support.story import Note, Story


class Gate:
    """Work that waits in the middle, so that a test can do something to its run meanwhile."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.begun = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, payload: Note, context: JobContext[None]) -> str:
        self.begun.set()
        await self.go.wait()
        return await self.story.succeed(payload, context)


async def test_case_01_a_redelivery_of_the_same_message_does_not_run_beside_the_first(story: Story) -> None:
    """The connection drops, the Lambda runs on, QStash redelivers the same message id."""
    gate = story.behave = Gate(story)
    run = await story.accept()
    first = asyncio.create_task(story.deliver(run))
    await gate.begun.wait()

    second = await story.deliver(run)
    gate.go.set()

    assert (second.answer.status, second.answer.outcome) == (409, "busy")
    assert 50 < int(second.answer.headers["Retry-After"]) <= 64
    assert (await first).answer.outcome == "succeeded"
    assert story.receiver.calls == [run.id]


async def test_case_01_of_many_at_once_one_works(story: Story) -> None:
    """Eight Lambdas get the same message in the same moment."""
    run = await story.accept()

    answers = [handled.answer.outcome for handled in await asyncio.gather(*(story.deliver(run) for _ in range(8)))]

    assert answers.count("succeeded") == 1
    assert set(answers) <= {"succeeded", "busy", "done"}
    assert story.receiver.calls == [run.id]


async def test_case_01_a_claim_repeated_by_the_driver_is_its_own(story: Story) -> None:
    """The claim's answer was lost inside the driver, which asks again with the same token."""
    run = await story.accept()
    by = Claimant(job="note", token="me", leg=0, epoch=0, tries=3, lease=60, attempt={}, version=1)

    first, again, other = [
        await claim(story.database.runs, run.id, one) for one in (by, by, replace(by, token="msg_0"))
    ]

    assert [first.verdict, again.verdict, other.verdict] == [Verdict.TAKEN, Verdict.MINE, Verdict.BUSY]
    assert again.run is not None
    assert (again.run.fence, again.run.tries, len(again.run.attempts)) == (1, 1, 1)


async def test_case_02_leg_revival_and_replay_are_not_swallowed_as_duplicates(story: Story) -> None:
    """Leg two, a revival or a replay under the run's old deduplication id would be swallowed for ten minutes."""

    async def in_legs(payload: Note, context: JobContext[None]) -> Any:
        return Continue({"at": 1}) if context.cursor is None else await story.crash()

    story.behave = in_legs
    run = await story.accept()
    await story.deliver(run)
    second = await story.read(run)
    assert await story.give_up(second) == "revived"
    await story.relay()
    third = await story.read(run)
    await story.change(run, state=State.FAILED.value)
    await replay(story.database, await story.read(run), by="operator", max_age=60_000)
    await story.relay()

    messages = [story.qstash.messages[one] for one in story.qstash.of(run.id)]
    assert [(message.leg, message.epoch) for message in messages] == [(0, 0), (1, 1), (1, 2), (1, 3)]
    assert (await story.read(run)).message_id not in {None, run.message_id, second.message_id, third.message_id}


async def test_case_02_the_same_intention_published_again_is_one_message(story: Story) -> None:
    """The first publish landed and its answer was lost; the relay sends the same intention."""
    story.qstash.deaf = True
    run = await story.accept()
    assert run.state is State.PENDING
    story.qstash.deaf = False

    await story.relay_later(run)

    assert len(story.qstash.messages) == 1
    assert (await story.read(run)).message_id == "msg_0"


async def test_case_03_what_was_only_throttled_goes_back_to_pending_and_is_done(story: Story) -> None:
    """Five workers, a hundred messages: Lambda throttles with 429, QStash's tries are used up, the callback comes."""
    runs = [await story.accept() for _ in range(6)]

    assert {await story.give_up(run, status=429) for run in runs} == {"revived"}
    assert {(await story.read(run)).state for run in runs} == {State.PENDING}
    await story.relay()
    for run in runs:
        await story.deliver(await story.read(run))

    assert {(await story.read(run)).state for run in runs} == {State.SUCCEEDED}
    assert [(await story.read(run)).epoch for run in runs] == [1] * 6
    assert await story.alerts() == 0


async def test_case_04_a_holder_whose_message_is_given_up_keeps_its_success(story: Story) -> None:
    """A worker holds the lease while retries get 409 until QStash gives up."""
    gate = story.behave = Gate(story)
    run = await story.accept()
    holding = asyncio.create_task(story.deliver(run))
    await gate.begun.wait()

    assert await story.give_up(run, dlq_id="dlq_of_the_busy", status=409) == "held"
    gate.go.set()
    assert (await holding).answer.outcome == "succeeded"

    ended = await story.read(run)
    assert (ended.state, ended.epoch, ended.dlq_id) == (State.SUCCEEDED, 0, "dlq_of_the_busy")
    assert await replay(story.database, ended, by="operator", max_age=60_000) is None
    assert (await story.deliver(run)).answer.outcome == "done"
    assert story.receiver.calls == [run.id]
    assert await story.alerts() == 0


async def test_case_05_news_of_an_epoch_that_the_relay_has_replaced_is_ignored(story: Story) -> None:
    """The relay has revived epoch 1, then epoch 0's failure callback arrives."""
    run = await story.accept()
    story.qstash.fates["msg_0"] = Fate.GONE
    await story.relay_later(run)
    revived = await story.read(run)
    assert (revived.state, revived.epoch) == (State.QUEUED, 1)

    assert await story.give_up(run, dlq_id="dlq_of_epoch_0") == "stale"

    assert await story.read(run) == revived
    assert (await story.deliver(revived)).answer.outcome == "succeeded"


async def test_case_06_what_flow_control_or_a_pause_holds_is_not_published_again(story: Story) -> None:
    """Mails behind a flow control of two a second, or in a paused queue: QStash has them, and says so."""
    runs = [await story.accept() for _ in range(45)]
    published = story.qstash.calls

    for _ in range(4):
        for run in runs:
            await story.overdue(run)
        assert (await story.relay())["left_alone"] == 45

    assert story.qstash.calls == published
    assert {(run.state, run.epoch, run.looks) for run in [await story.read(run) for run in runs]} == {
        (State.QUEUED, 0, 4)
    }


async def test_case_06_a_run_delayed_by_days_is_not_even_looked_at(story: Story) -> None:
    run = await story.accept(delay=2 * 86_400)

    assert await story.relay() == {}

    assert run.look_at >= run.not_before > run.created + 2 * 86_399_000
    assert (story.qstash.calls, story.qstash.asked) == (1, [])


async def test_case_06_looks_come_at_doubling_distances_up_to_an_hour(story: Story) -> None:
    run = await story.accept()
    waits = []

    for _ in range(6):
        await story.overdue(run)
        before: int = (await story.database.command("hello"))["localTime"].timestamp() * 1000
        await story.relay()
        waits.append(round(((await story.read(run)).look_at - before) / 60_000))

    assert waits == [5, 10, 20, 40, 60, 60]


async def test_case_06_a_run_whose_messages_vanish_again_and_again_is_published_a_bounded_number_of_times(
    story: Story,
) -> None:
    """Whatever QStash's answers mean, a relay that believed them for ever would flood a held queue."""
    run = await story.accept()

    for _ in range(15):
        run = await story.read(run)
        if run.message_id:
            story.qstash.fates[run.message_id] = Fate.GONE
        await story.relay_later(run)

    assert len(story.qstash.messages) == 11
    assert (await story.read(run)).state is State.QUEUED


@pytest.mark.parametrize("settled", [True, False])
async def test_case_07_the_note_that_it_was_published_comes_after_it_ran(story: Story, settled: bool) -> None:
    """Publish succeeds, the delivery runs and settles, then the enqueuer's late update says `queued`."""
    accepted = await story.desk.enqueuer.accept(story.contract, Note(), owner="owner")
    message_id = await story.qstash.publish(accepted.run, story.contract)
    gate = story.behave = Gate(story)
    running = asyncio.create_task(story.deliver(accepted.run))
    await gate.begun.wait()
    if settled:
        gate.go.set()
        await running

    await outbox.all_handed_over(story.database, [(accepted.run, message_id)])

    noted: Run = await story.read(accepted.run)
    assert noted.state is (State.SUCCEEDED if settled else State.RUNNING)
    assert noted.message_id == message_id
    gate.go.set()
    assert (await running).answer.outcome == "succeeded"


async def test_case_07_a_late_note_of_an_older_epoch_is_not_written(story: Story) -> None:
    run = await story.accept()
    await story.give_up(run)

    await outbox.all_handed_over(story.database, [(run, "msg_of_epoch_0")])

    assert ((await story.read(run)).state, (await story.read(run)).message_id) == (State.PENDING, None)


@pytest.mark.parametrize("since", ["taken by another", "ended", "revived"])
@pytest.mark.parametrize("outcome", ["succeed", "retry", "continue"])
async def test_case_01_a_worker_that_lost_its_lease_settles_nothing(story: Story, since: str, outcome: str) -> None:
    """It comes back late; whatever has become of its run stands."""

    async def late(payload: Note, context: JobContext[None]) -> Any:
        gate.begun.set()
        await gate.go.wait()
        if outcome == "retry":
            raise TimeoutError
        return Continue(1) if outcome == "continue" else await story.succeed(payload, context)

    gate = Gate(story)
    story.behave = late
    run = await story.accept()
    working = asyncio.create_task(story.deliver(run))
    await gate.begun.wait()
    await story.expire_lease(run)
    if since == "taken by another":
        await story.deliver_and_crash(run)
    elif since == "ended":
        await story.change(run, ends_by=1)
        await story.give_up(run)
    else:
        await story.give_up(run)
    stands = await story.read(run)
    gate.go.set()

    assert (await working).answer.status == 503

    assert await story.read(run) == stands
