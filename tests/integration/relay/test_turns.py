"""One turn of the relay over what is overdue."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.context import Continue, JobContext
from shared.contract import Contract
from shared.database import Database
from shared.errors import ConfigurationError, PublishRefused
from shared.publishing import Fate
from shared.runs.model import Run, State
from shared.runs.revive import cancel
from tests.support.story import NOTE, Crash, Note, Story


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


async def unpublished(story: Story, count: int = 1) -> Sequence[Run]:
    """Accepted while QStash was away, and overdue."""
    story.qstash.down = True
    runs = [await story.accept() for _ in range(count)]
    story.qstash.down = False
    for run in runs:
        await story.overdue(run)
    return runs


async def test_nothing_overdue_is_nothing_done(story: Story) -> None:
    run = await story.accept()

    assert await story.relay() == {}

    assert await story.read(run) == run


async def test_pending_runs_are_handed_over_in_batches(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.relay.BATCH", 4)
    runs = await unpublished(story, 10)

    assert await story.relay() == {"handed_over": 10}

    assert {(await story.read(run)).state for run in runs} == {State.QUEUED}
    assert {(message.leg, message.epoch) for message in story.qstash.messages.values()} == {(0, 0)}


async def test_a_run_just_accepted_is_left_to_whoever_accepted_it(story: Story) -> None:
    await story.desk.enqueuer.accept(story.contract, Note(), owner="owner")

    assert await story.relay() == {}


async def test_a_next_leg_and_follow_up_work_that_could_not_be_published_are_found_soon(story: Story) -> None:
    async def work(_: Note, context: JobContext[None]) -> Continue:
        context.enqueue(story.contract, Note(text="follow-up"))
        return Continue(1)

    story.behave = work
    run = await story.accept()
    story.qstash.down = True
    assert (await story.deliver(run)).answer.outcome == "continued"
    story.qstash.down = False

    left = [await story.desk.read(document["_id"]) async for document in story.database.runs.find()]
    now = (await story.database.command("hello"))["localTime"].timestamp() * 1000
    assert [one.state for one in left] == [State.PENDING] * 2
    assert all(one.look_at < now + 60_000 for one in left)
    for one in left:
        await story.overdue(one)
    assert await story.relay() == {"handed_over": 2}


async def test_while_qstash_is_away_a_turn_asks_once_and_changes_nothing_else(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.relay.BATCH", 2)
    runs = await unpublished(story, 6)
    story.qstash.down, calls = True, story.qstash.calls

    assert await story.relay() == {"handed_over": 0}

    assert story.qstash.calls == calls + 2
    assert {(await story.read(run)).state for run in runs} == {State.PENDING}


async def test_a_run_that_is_refused_for_good_holds_up_no_other(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.relay.BATCH", 1)
    first, second = await unpublished(story, 2)
    await story.change(first, look_at=0)
    publish = story.qstash.publish

    async def refusing(run: Run, contract: Contract[Any]) -> str:
        if run.id == first.id:
            raise PublishRefused("QStash refused the call: too large", status=413)
        return await publish(run, contract)

    monkeypatch.setattr(story.qstash, "publish", refusing)

    await story.relay()

    assert ((await story.read(first)).state, (await story.read(second)).state) == (State.FAILED, State.QUEUED)
    assert await story.alerts() == 1


async def test_a_job_whose_url_is_missing_holds_up_no_other(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    lost, fine = await unpublished(story, 2)
    await story.change(lost, job="unheard_of_url")
    contracts = {**story.desk.enqueuer.contracts, "unheard_of_url": replace(NOTE, name="unheard_of_url")}
    story.desk.enqueuer = replace(story.desk.enqueuer, contracts=contracts)
    publish = story.qstash.publish

    async def configured(run: Run, contract: Contract[Any]) -> str:
        if run.job == "unheard_of_url":
            raise ConfigurationError("JOB_URL_UNHEARD_OF_URL is not set")
        return await publish(run, contract)

    monkeypatch.setattr(story.qstash, "publish", configured)

    tally = await story.relay()

    assert (tally["of_no_url"], tally["handed_over"]) == (1, 1)
    assert ((await story.read(lost)).state, (await story.read(fine)).state) == (State.PENDING, State.QUEUED)


async def test_a_run_of_a_job_that_is_no_more_is_left_until_it_expires(story: Story) -> None:
    [run] = await unpublished(story)
    await story.change(run, job="abolished")

    assert (await story.relay())["of_no_job"] == 1
    await story.change(run, ends_by=1)
    assert (await story.relay_later(run))["expired"] == 1

    assert (await story.read(run)).state is State.FAILED


@pytest.mark.parametrize("fate", [Fate.DELIVERED, Fate.DEAD, Fate.GONE])
@pytest.mark.parametrize("state", ["queued", "retrying", "crashed"])
async def test_a_run_whose_message_will_not_come_is_revived_and_published(story: Story, state: str, fate: Fate) -> None:
    run = await in_state(story, state)
    story.qstash.fates["msg_0"] = fate

    tally = await story.relay_later(run)

    revived = await story.read(run)
    assert (tally["revived"], tally["handed_over"]) == (1, 1)
    assert (revived.state, revived.epoch, revived.message_id) == (State.QUEUED, 1, "msg_1")
    assert (await story.deliver(revived)).answer.outcome == "succeeded"


@pytest.mark.parametrize("state", ["queued", "retrying", "crashed"])
async def test_a_run_whose_message_is_alive_is_left_alone(story: Story, state: str) -> None:
    run = await in_state(story, state)

    assert (await story.relay_later(run)) == {"left_alone": 1}

    left = await story.read(run)
    assert (left.state, left.epoch, len(story.qstash.messages)) == (run.state, 0, 1)
    assert left.looks == run.looks + 1


async def in_state(story: Story, state: str) -> Run:
    run = await story.accept()
    if state == "retrying":

        async def later(*_: object) -> None:
            raise TimeoutError

        story.behave = later
        await story.deliver(run)
        story.behave = story.succeed
    if state == "crashed":
        await story.deliver_and_crash(run)
        await story.expire_lease(run)
    return await story.read(run)


async def test_a_run_that_was_delivered_before_its_publish_was_noted_is_asked_about_by_that_message(
    story: Story,
) -> None:
    story.qstash.deaf = True
    run = await story.accept()
    story.behave = story.crash
    with pytest.raises(Crash):
        await story.desk.deliver_body(story.qstash.messages["msg_0"].encode(), message_id="msg_0")
    await story.expire_lease(run)

    await story.relay_later(run)

    assert story.qstash.asked == ["msg_0"]
    assert (await story.read(run)).epoch == 0


@pytest.mark.parametrize("state", ["queued", "retrying", "crashed", "pending"])
async def test_a_run_past_its_age_fails_as_expired_with_an_alert(story: Story, state: str) -> None:
    run = (await unpublished(story))[0] if state == "pending" else await in_state(story, state)
    await story.change(run, ends_by=1)

    assert (await story.relay_later(run))["expired"] == 1

    ended = await story.read(run)
    assert (ended.state, await story.alerts()) == (State.FAILED, 1)
    assert str(ended.reason).startswith("expired")


async def test_a_cancelled_run_that_nobody_claims_again_is_finished(story: Story) -> None:
    run = await in_state(story, "retrying")
    await cancel(story.database, run, by="owner")

    assert (await story.relay_later(run))["cancelled"] == 1

    assert (await story.read(run)).state is State.CANCELLED
    assert (await story.deliver(run)).answer.status == 200


async def test_a_cancelled_run_that_crashed_ends_at_its_next_claim(story: Story) -> None:
    """There its job can say whether the effect has happened."""
    run = await in_state(story, "crashed")
    await cancel(story.database, run, by="owner")
    story.qstash.fates["msg_0"] = Fate.DEAD

    assert (await story.relay_later(run))["revived"] == 1

    assert (await story.deliver(await story.read(run))).answer.outcome == "cancelled"
    assert len(story.receiver.calls) == 1


async def test_a_revived_run_is_ended_by_the_tries_that_its_claims_count(story: Story) -> None:
    run = await story.accept()
    for _ in range(3):
        await story.deliver_and_crash(await story.read(run))
        await story.expire_lease(run)
        story.qstash.fates[str((await story.read(run)).message_id)] = Fate.DEAD
        await story.relay_later(run)

    assert (await story.deliver(await story.read(run))).answer.outcome == "exhausted"
    assert (await story.read(run)).state is State.FAILED


async def test_crons_are_left_to_their_schedule(database: Database) -> None:
    story = Story(database, replace(NOTE, singleton=True))
    await story.desk.deliver_body(b"")
    run = await story.desk.read("cron:note")
    await story.change(run, state="running", lease=1)

    assert await story.relay_later(run) == {}
