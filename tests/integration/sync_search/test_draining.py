"""The backlog goes into the index, batch by batch, whatever fails on the way."""

from collections.abc import Sequence

import pytest

from functions.sync_search import draining
from functions.sync_search.contract import SyncSearch
from shared.errors import DependencyDown
from shared.runs.model import State
from shared.search import source
from shared.search.index import LostRace, Read
from shared.search.model import State as Indexed
from tests.integration.sync_search.bench import Bench
from tests.integration.sync_search.instead import Change, Instead


async def test_what_waits_is_found_afterwards_by_all_that_is_known_of_it(bench: Bench) -> None:
    analysis = {
        "summary": "On spillways.",
        "key_points": ["It overflows."],
        "keywords": [{"word": "weir", "weight": 1.0}],
        "language": "en",
        "category": "article",
    }
    await bench.document("one", text="The wheels were turning", title="A race", tags=["old mills"], analysis=analysis)
    done = await bench.turn()
    assert (done["indexed"], done["removed"], done["left"]) == (1, 0, 0)
    for words in ("race", "title:race", "tag:old", "name:x", "spillways", "overflows", "weir", "text:turn", "wheel"):
        assert await bench.found(words) == {"one"}, words
    assert await bench.found("race", owner="eve") == set()
    assert (await bench.waiting(), await bench.held()) == (set(), {"one": 1})


async def test_many_go_in_batches_and_a_second_run_finds_nothing_to_do(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "DOCUMENTS", 20)
    for number in range(50):
        await bench.document(f"{number:03}")
    assert (await bench.turn())["indexed"] == 50
    generation = await bench.database.search_generation.find_one({})
    assert generation is not None
    assert generation["number"] == 3
    assert (await bench.turn())["indexed"] == 0
    assert await bench.database.search_generation.find_one({}) == generation


async def test_a_batch_has_no_more_text_than_it_may(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "CHARACTERS", 10)
    for name in ("one", "two", "three"):
        await bench.document(name, text="six...")
    assert len(await bench.services.source.backlog()) == 1
    assert (await bench.turn())["indexed"] == 3


async def test_a_deleted_document_leaves_the_index_and_its_owner_is_told(bench: Bench) -> None:
    await bench.document("one", text="a mill")
    await bench.turn()
    await bench.delete("one")
    done = await bench.turn()
    assert (done["indexed"], done["removed"]) == (0, 1)
    assert (await bench.held(), await bench.waiting(), await bench.found("mill")) == ({}, set(), set())
    assert bench.invalidated == [{"ada"}, {"ada"}]
    record = await bench.database.documents.find_one({})
    assert record is not None
    assert record["indexed_version"] == record["version"] == 2


async def test_a_change_between_reading_and_commit_stays_in_the_backlog(bench: Bench) -> None:
    await bench.document("one", title="first")
    changed: list[str] = []

    async def meanwhile(change: Change, read: Read) -> Sequence[Indexed]:
        async def reading() -> Sequence[Indexed]:
            states = await read()
            if not changed:
                changed.append("once")
                await bench.rename("one", "second")
                assert await bench.waiting() == {"one"}
            return states

        return await change(reading)

    bench.change(index=Instead(bench.index, meanwhile))
    done = await bench.turn()
    assert done["indexed"] == 2, "once with each title"
    assert (await bench.held(), await bench.found("second"), await bench.found("first")) == ({"one": 2}, {"one"}, set())


async def test_a_lost_race_is_run_again_with_a_new_reading(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "PAUSE", 0.001)
    await bench.document("one")
    lost: list[object] = []

    async def faster(change: Change, read: Read) -> Sequence[Indexed]:
        if len(lost) < 2:
            lost.append(await read())
            raise LostRace("another was faster")
        return await change(read)

    bench.change(index=Instead(bench.index, faster))
    assert (await bench.turn())["indexed"] == 1


async def test_races_that_are_never_won_are_given_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "PAUSE", 0.001)
    await bench.document("one")

    async def faster(_: Change, read: Read) -> Sequence[Indexed]:
        await read()
        raise LostRace("another was faster")

    bench.change(index=Instead(bench.index, faster))
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch())).run
    assert (await bench.deliver(desk, run)).answer.status == 503
    assert ((await desk.read(run.id)).state, await bench.waiting()) == (State.RETRYING, {"one"})


async def test_a_service_that_is_away_loses_nothing(bench: Bench) -> None:
    await bench.document("one", text="a mill")

    async def away(_: Change, read: Read) -> Sequence[Indexed]:
        await read()
        raise DependencyDown("storage", "away")

    whole = bench.services
    bench.change(index=Instead(bench.index, away))
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch())).run
    assert (await bench.deliver(desk, run)).answer.status == 503
    bench.services = whole
    assert (await bench.turn())["indexed"] == 1


async def test_it_stops_before_its_deadline_and_the_next_leg_goes_on(bench: Bench) -> None:
    await bench.document("one")
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch())).run
    assert (await bench.deliver(desk, run, remaining=draining.BATCH)).answer.status == 200
    run = await desk.read(run.id)
    assert (run.leg, run.result, await bench.waiting()) == (1, None, {"one"})
    await bench.deliver(desk, run)
    assert (await bench.held(), await bench.waiting()) == ({"one": 1}, set())


async def test_a_text_that_is_not_there_is_indexed_as_none(bench: Bench) -> None:
    await bench.document("one", title="mill")
    await bench.database.documents.update_one({}, {"$set": {"text": {"key": "texts/none", "characters": 5}}})
    assert (await bench.turn())["indexed"] == 1
    assert await bench.found("mill") == {"one"}
