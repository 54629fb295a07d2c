"""Acts of people that meet each other, QStash's own retry, a redelivery, or a QStash that does not answer."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from shared.message import Message
from shared.runs.acting import Acting, Because
from shared.runs.model import Run, State
from shared.runs.operating import Outcome
from tests.integration.runs.on_call import acts, failed, operator
from tests.support.story import Story, callback_body


async def test_of_five_replays_at_once_one_is_done(story: Story) -> None:
    run = await failed(story)
    done = await asyncio.gather(*(operator(story).replay(run.id) for _ in range(5)))
    assert Counter(one.outcome for one in done) == {Outcome.REPLAYED: 1, Outcome.REFUSED: 4}
    replayed = await story.read(run)
    assert (replayed.epoch, len(story.qstash.alive), len(await acts(story.database))) == (1, 1, 1)


async def test_of_a_replay_and_a_purge_at_once_one_is_done(story: Story) -> None:
    for _ in range(6):
        run = await failed(story)
        replayed, purged = await asyncio.gather(operator(story).replay(run.id), operator(story).purge(run.id))
        record = await story.database.runs.find_one({"_id": run.id})
        outcomes = {replayed.outcome, purged.outcome}
        assert outcomes == ({Outcome.REPLAYED, Outcome.REFUSED} if record else {Outcome.PURGED, Outcome.REFUSED})
        assert [subject for _, _, subject in await acts(story.database)].count(run.id) == 1


async def test_of_a_replay_and_another_run_with_its_key_one_has_it(story: Story) -> None:
    for n in range(6):
        run = await failed(story, key=f"k{n}")
        done, other = await asyncio.gather(
            operator(story).replay(run.id), story.desk.enqueue(story.contract.payload(), key=f"k{n}")
        )
        if done.outcome is Outcome.REPLAYED:
            assert (other.run.id, other.created) == (run.id, False)
        else:
            assert other.created
            assert other.run.id in str(done.why)
        assert await story.database.runs.count_documents({"key": f"k{n}"}) == 1


async def test_a_key_that_is_taken_after_the_look_is_seen_when_the_replay_begins_anew(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Acting._who_has_its_key
    taken: list[Run] = []

    async def late(*args: Any) -> str | None:
        found = await look(*args)
        if not taken:
            taken.append(await story.accept(key="k"))
        return found

    run = await failed(story, key="k")
    monkeypatch.setattr(Acting, "_who_has_its_key", late)
    done = await operator(story).replay(run.id)
    assert (done.because, str(done.why).split()[2]) == (Because.KEY, taken[0].id)
    assert (await story.read(run)).state is State.FAILED


async def test_the_dead_letters_own_retry_is_refused_before_a_replay_and_a_delivery_after_it(story: Story) -> None:
    """Case 14. Whichever message comes first is the next delivery; the effect happens once."""
    run = await failed(story)
    assert (await story.desk.deliver(run)).answer.status == 489
    assert (await story.read(run)).state is State.FAILED

    await operator(story).replay(run.id)
    assert (await story.desk.deliver(run)).answer.outcome == "succeeded"
    assert (await story.deliver(await story.read(run))).answer.outcome == "done"
    assert story.receiver.applied[run.id] == 1


async def test_news_of_the_message_that_failed_does_not_touch_the_replayed_run(story: Story) -> None:
    """Its callback comes late, twice; and is stale."""
    run = await failed(story)
    await operator(story).replay(run.id)
    replayed = await story.read(run)
    assert [await story.give_up(run) for _ in range(2)] == ["stale", "stale"]
    assert await story.read(run) == replayed


async def test_a_purged_run_is_not_resurrected(story: Story) -> None:
    """Case 9: it is unknown to a redelivery, and to the failure callback when QStash has given that up as well."""
    run = await failed(story)
    await operator(story).purge(run.id)
    handled = await story.desk.deliver(run)
    assert (handled.answer.status, handled.answer.outcome) == (503, "unknown")
    assert await story.hear(callback_body(Message(run.id, run.job, run.leg, run.epoch).encode())) == "unknown"
    assert await story.database.runs.count_documents({}) == 0
    assert story.receiver.calls == []


@pytest.mark.parametrize("how", ["down", "deaf"])
async def test_a_replay_that_qstash_does_not_hear_of_is_published_by_the_relay_once(story: Story, how: str) -> None:
    run = await failed(story)
    setattr(story.qstash, how, True)
    assert (await operator(story).replay(run.id)).outcome is Outcome.REPLAYED
    assert (await story.read(run)).state is State.PENDING
    setattr(story.qstash, how, False)
    await story.relay()
    replayed = await story.read(run)
    assert (replayed.state, len(story.qstash.of(run.id))) == (State.QUEUED, 2)
    await story.deliver(replayed)
    assert story.receiver.applied[run.id] == 1


async def test_a_cancellation_that_meets_a_settle_leaves_one_end(story: Story) -> None:
    for _ in range(5):
        run = await story.accept()
        done, _ = await asyncio.gather(operator(story).cancel(run.id), story.deliver(run))
        ended = await story.read(run)
        assert (ended.state is State.CANCELLED) == (story.receiver.applied[run.id] == 0)
        if done.outcome is Outcome.REQUESTED:
            assert (ended.state, ended.cancel is not None) == (State.SUCCEEDED, True)
