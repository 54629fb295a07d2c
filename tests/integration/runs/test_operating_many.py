"""Many runs by a filter: which are meant, how fast they go, and that a call that was cut off is simply made again."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from shared.database import Database, transaction
from shared.errors import ConfigurationError, DependencyDown
from shared.runs import outbox, selecting
from shared.runs.model import Run, State
from shared.runs.operating import Action, Done, Outcome
from shared.runs.record import NewRun
from shared.runs.selecting import Filter
from tests.integration.runs.on_call import acts, operator
from tests.support.story import NOTE, Story

CREATED = 1_700_000_000_000
ANY = Filter()


async def there_are(database: Database, *runs: Mapping[str, object]) -> None:
    """Runs with these fields by hand, accepted a second after each other; `r0` is the oldest."""
    new = [NewRun(id=f"r{n}", job="note", version=1, owner="ada", payload="{}", max_age=1) for n in range(len(runs))]
    await outbox.insert_many(database, new)
    for n, fields in enumerate(runs):
        changed = {"state": "failed", "finished": CREATED, "created": CREATED + n * 1000, **fields}
        await database.runs.update_one({"_id": f"r{n}"}, {"$set": changed})


async def all_of(story: Story, action: Action, chosen: Filter = ANY, *, most: int = 100) -> list[Done]:
    return [one async for one in operator(story).many(action, chosen, most=most)]


def ids(done: list[Done], outcome: Outcome | None = None) -> list[str]:
    return [one.run for one in done if outcome in {None, one.outcome}]


async def test_a_filter_names_runs_by_all_that_it_says(database: Database) -> None:
    await there_are(
        database,
        {"error": {"code": "permanent"}},
        {"error": {"code": "fault"}, "owner": "eve"},
        {"state": "succeeded", "error": {"code": "fault"}},
        {"state": "cancelled", "job": "other"},
    )
    for chosen, expected in (
        (Filter(), ["r3", "r2", "r1", "r0"]),
        (Filter(states=(State.FAILED, State.CANCELLED)), ["r3", "r1", "r0"]),
        (Filter(job="other"), ["r3"]),
        (Filter(owner="eve"), ["r1"]),
        (Filter(code="fault"), ["r1"]),
        (Filter(code="fault", states=(State.SUCCEEDED,)), []),
        (Filter(since=CREATED + 1000, until=CREATED + 3000), ["r2", "r1"]),
        (Filter(owner="$owner"), []),
    ):
        found = await selecting.page(database, chosen, limit=10)
        assert [run.id for run in found] == expected
        assert await selecting.count(database, chosen) == len(expected)


async def test_pages_hold_every_run_once_though_all_were_accepted_at_once(database: Database) -> None:
    await there_are(database, *({"created": CREATED} for _ in range(7)))
    seen: list[Run] = []
    while more := await selecting.page(database, Filter(), limit=3, after=selecting.place(seen[-1]) if seen else None):
        seen += more
    assert [run.id for run in seen] == [f"r{n}" for n in reversed(range(7))]


async def test_a_preview_tells_how_many_and_does_nothing(story: Story) -> None:
    await there_are(story.database, {}, {"state": "succeeded"}, {"state": "running"}, {"state": "cancelled"})
    for action, expected in (
        (Action.REPLAY, ["r3", "r0"]),
        (Action.CANCEL, ["r2"]),
        (Action.PURGE, ["r3", "r1", "r0"]),
    ):
        seen = await operator(story).preview(Filter(), action)
        assert ([run.id for run in seen.first], seen.count) == (expected, len(expected))
    assert await acts(story.database) == []


@pytest.mark.parametrize("action", list(Action))
async def test_a_state_that_an_action_is_not_for_meets_nothing(story: Story, action: Action) -> None:
    """Not everything: an empty list of states would be no filter."""
    await there_are(story.database, {}, {"state": "queued"})
    state = State.FAILED if action is Action.CANCEL else State.QUEUED
    assert await all_of(story, action, Filter(states=(state,))) == []


async def test_replays_are_spread_and_published_in_batches(story: Story) -> None:
    await there_are(story.database, *({"dead_letters": [f"dlq_{n}"]} for n in range(30)))
    done = [one async for one in operator(story).many(Action.REPLAY, ANY, most=100, rate=2.0)]
    assert Counter(one.outcome for one in done) == {Outcome.REPLAYED: 30}
    runs = [await story.desk.read(one.run) for one in done]
    waits = [run.not_before for run in runs]
    assert all(later - sooner >= 500 for sooner, later in pairwise(waits))
    assert {run.state for run in runs} == {State.QUEUED}
    assert sorted(story.qstash.removed) == sorted(f"dlq_{n}" for n in range(30))


async def test_no_more_are_done_than_was_said(story: Story) -> None:
    await there_are(story.database, *({} for _ in range(5)))
    assert ids(await all_of(story, Action.PURGE, most=3)) == ["r4", "r3", "r2"]
    assert ids(await all_of(story, Action.PURGE, most=3)) == ["r1", "r0"]


async def test_what_is_refused_holds_up_no_other_and_no_call_for_ever(story: Story) -> None:
    for n in range(3):
        await story.accept(key=f"k{n}")
    taken = [{"freed_key": f"k{n}", "owner": "owner"} for n in range(3)]
    await there_are(story.database, {}, {}, *taken)
    done = await all_of(story, Action.REPLAY, most=4)
    assert (ids(done, Outcome.REFUSED), ids(done, Outcome.REPLAYED)) == (["r4", "r3", "r2"], ["r1", "r0"])
    assert ids(await all_of(story, Action.REPLAY, most=2)) == ["r4", "r3"]


async def test_crons_and_requested_cancellations_are_left_out(database: Database) -> None:
    story = Story(database, replace(NOTE, singleton=True))
    await there_are(database, {}, {"state": "running"}, {"job": "other"}, {"job": "other", "state": "queued"})
    assert ids(await all_of(story, Action.PURGE)) == ["r2"]
    await database.runs.update_one({"_id": "r3"}, {"$set": {"cancel": {"by": "ada", "at": 1}}})
    assert await all_of(story, Action.CANCEL) == []


async def test_who_stops_half_way_goes_on_with_the_rest(story: Story) -> None:
    """Closed after its third run: QStash has those three, and the next call begins with the fourth."""
    await there_are(story.database, *({} for _ in range(8)))
    first: list[Done] = []
    async with aclosing(operator(story).many(Action.REPLAY, ANY, most=100)) as acting:
        async for one in acting:
            first.append(one)
            if len(first) == 3:
                break
    assert ids(first) == ["r7", "r6", "r5"]
    assert sorted(message.run for message in story.qstash.messages.values()) == ["r5", "r6", "r7"]

    assert ids(await all_of(story, Action.REPLAY)) == ["r4", "r3", "r2", "r1", "r0"]
    assert len(story.qstash.messages) == 8
    assert len(await acts(story.database)) == 8


async def test_a_store_that_goes_away_half_way_leaves_whole_acts(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    await there_are(story.database, *({} for _ in range(4)))
    done: list[object] = []

    async def dying(*args: Any) -> object:
        if len(done) == 2:
            raise DependencyDown("mongodb", "away")
        done.append(await transaction(*args))
        return done[-1]

    with monkeypatch.context() as patch:
        patch.setattr("shared.runs.operating.transaction", dying)
        with pytest.raises(DependencyDown):
            await all_of(story, Action.REPLAY)
    assert len(story.qstash.messages) == 2
    await all_of(story, Action.REPLAY)
    assert sorted(message.run for message in story.qstash.messages.values()) == ["r0", "r1", "r2", "r3"]


async def test_two_who_act_on_the_same_runs_share_them(story: Story) -> None:
    await there_are(story.database, *({} for _ in range(10)))
    both = await asyncio.gather(*(all_of(story, Action.REPLAY) for _ in range(2)))
    replayed = [run for done in both for run in ids(done, Outcome.REPLAYED)]
    assert sorted(replayed) == [f"r{n}" for n in range(10)]
    assert {(await story.desk.read(run)).epoch for run in replayed} == {1}


async def test_jobs_without_a_url_here_are_left_to_the_relay(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object) -> None:
        raise ConfigurationError("JOB_URL_NOTE is not set")

    await there_are(story.database, {}, {})
    with monkeypatch.context() as patch:
        patch.setattr(story.qstash, "publish_many", unknown)
        assert len(await all_of(story, Action.REPLAY)) == 2
    await story.relay()
    assert len(story.qstash.messages) == 2
