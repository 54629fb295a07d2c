"""Two relays at once, one that dies anywhere, a deadline, a holder that comes back: none of it does harm."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from shared import relay
from shared.database import Database
from shared.publishing import Fate
from shared.relay import Relay
from shared.runs.finish import End, finish
from shared.runs.model import Run, State
from shared.runs.revive import revive
from shared.runs.settle import Holder, renew
from tests.support.story import Story


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


async def test_a_live_lease_is_nobodys_business(story: Story) -> None:
    run = await story.accept()
    await story.deliver_and_crash(run)
    story.qstash.fates["msg_0"] = Fate.DEAD
    held = await story.read(run)

    assert (await story.relay_later(run))["left_alone"] == 1

    assert story.qstash.asked == []
    after = await story.read(run)
    assert (after.state, after.lease, after.fence, after.epoch) == (State.RUNNING, held.lease, 1, 0)


@pytest.mark.parametrize("change", ["finish", "revive"])
async def test_a_holder_that_comes_back_late_and_beats_keeps_its_run(story: Story, change: str) -> None:
    """Its lease had run out when the relay read the record, and is renewed before the relay acts."""
    run = await story.accept()
    await story.deliver_and_crash(run)
    document = await story.database.runs.find_one({"_id": run.id})
    assert document is not None
    await story.expire_lease(run)
    as_read = await story.read(run)

    assert await renew(story.database, Holder(run.id, document["holder"], document["fence"]), 60)
    if change == "finish":
        moved = await finish(story.database, as_read, End(state=State.FAILED, reason="expired"), alert=None)
    else:
        moved = await revive(story.database, as_read)

    assert moved is None
    assert ((await story.read(run)).state, (await story.read(run)).epoch) == (State.RUNNING, 0)


async def test_two_relays_at_once_share_the_work(story: Story) -> None:
    pending = await unpublished(story, 12)
    lost = [await story.accept() for _ in range(12)]
    for run in lost:
        story.qstash.fates[str(run.message_id)] = Fate.GONE
        await story.overdue(run)
    story.qstash.forget()

    await asyncio.gather(*(story.relay() for _ in range(3)))

    assert {(await story.read(run)).epoch for run in pending} == {0}
    assert {(await story.read(run)).epoch for run in lost} == {1}
    assert len(story.qstash.messages) == 12 + 12 + 12


class Dies(Exception):
    pass


STEPS = ("look_later", "revive", "finish")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [*STEPS, "publish"])
async def test_a_relay_that_dies_anywhere_loses_time_and_nothing_else(
    story: Story, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    [pending] = await unpublished(story)
    lost, old = await story.accept(), await story.accept()
    story.qstash.fates[str(lost.message_id)] = Fate.GONE
    await story.change(old, ends_by=1)
    for run in (lost, old):
        await story.overdue(run)
    owner, name = (story.qstash, "publish") if step == "publish" else (relay, step)
    real = getattr(owner, name)

    async def dying(*args: Any, **options: Any) -> Any:
        if when == "after":
            await real(*args, **options)
        raise Dies

    monkeypatch.setattr(owner, name, dying)
    with pytest.raises(Dies):
        await story.relay()
    monkeypatch.setattr(owner, name, real)
    for run in (pending, lost, old):
        await story.overdue(run)
    await story.relay()

    for run in (pending, lost):
        assert (await story.deliver(await story.read(run))).answer.outcome == "succeeded"
    assert [(await story.read(run)).epoch for run in (pending, lost, old)] == [0, 1, 0]
    assert (await story.read(old)).state is State.FAILED
    assert await story.alerts() == 1


async def test_a_turn_stops_before_its_deadline(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.relay.BATCH", 1)
    runs = await unpublished(story, 5)
    left = iter([100.0, 60.0, 29.0])

    tally = await Relay(story.desk.enqueuer).turn(lambda: next(left, 0.0), logging.getLogger("relay"))

    assert tally == {"handed_over": 2, "out_of_time": 2}
    states = [(await story.read(run)).state for run in runs]
    assert states.count(State.QUEUED) == 2


async def test_a_turn_tells_how_far_it_is(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    await unpublished(story)

    with caplog.at_level(logging.INFO, logger="relay"):
        await story.relay()

    said: Mapping[str, int] = caplog.records[0].relayed  # type: ignore[attr-defined] # logging's extra field
    assert said == {"handed_over": 1}
