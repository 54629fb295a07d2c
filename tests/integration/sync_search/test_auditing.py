"""The audit finds what differs between the records and the index, repairs it, and finds nothing where nothing does."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from functions.sync_search import auditing, comparing
from functions.sync_search.comparing import read
from functions.sync_search.contract import SyncSearch
from shared.search.model import Entry, Gone
from shared.search.model import State as Indexed
from tests.integration.sync_search.bench import Bench

TITLES = {f"{first}{second}": f"Title {first}{second}" for first in "AbZ_" for second in "019z"}


@pytest.fixture
async def sound(bench: Bench) -> Bench:
    """Sixteen documents of sixteen parts, all indexed."""
    for name, title in TITLES.items():
        await bench.document(name, title=title)
    await bench.turn()
    return bench


async def put(bench: Bench, *states: Indexed) -> None:
    """Into the index, and marked, past the records."""

    async def given() -> Sequence[Indexed]:
        return states

    await bench.index.change(given)


def entry(name: str, version: int) -> Entry:
    return Entry(name, version, "ada", "stale", (), "x", "text", "und", "", 1, "", "")


async def whole(bench: Bench) -> None:
    """Both sides hold the same, and a second audit finds nothing."""
    found = bench.database.documents.find({"deleted_at": None}, {"version": 1})
    assert await bench.held() == {record["_id"]: record["version"] async for record in found}
    again = await bench.turn(audit=True)
    assert (again["drifted"], again["indexed"], await bench.waiting()) == (0, 0, set())


async def test_a_sound_pair_has_no_drift(sound: Bench) -> None:
    done = await sound.turn(audit=True)
    assert (done["compared"], done["drifted"], done["indexed"]) == (16, 0, 0)


async def test_a_document_that_the_index_lost_is_put_back(sound: Bench) -> None:
    await put(sound, Gone("A0", 1))
    done = await sound.turn(audit=True)
    assert (done["drifted"], done["indexed"]) == (1, 1)
    await whole(sound)


async def test_an_older_state_in_the_index_is_replaced(sound: Bench) -> None:
    await sound.database.documents.update_one({"_id": "A0"}, {"$set": {"version": 3, "indexed_version": 3}})
    done = await sound.turn(audit=True)
    assert done["drifted"] == 1
    assert (await sound.held())["A0"] == 3
    await whole(sound)


async def test_a_document_that_no_record_has_is_taken_out(sound: Bench) -> None:
    for name in ("A0", "Z9zzz", "zzz", "00"):
        await sound.database.documents.delete_one({"_id": name})
    await put(sound, entry("Z9zzz", 1), entry("zzz", 1), entry("00", 1))
    done = await sound.turn(audit=True)
    assert done["drifted"] == 4
    await whole(sound)


async def test_a_deleted_document_that_is_still_there_is_taken_out(sound: Bench) -> None:
    await sound.database.documents.update_one({"_id": "A0"}, {"$set": {"deleted_at": 1}})
    done = await sound.turn(audit=True)
    assert (done["drifted"], done["removed"]) == (1, 1)
    await whole(sound)


async def test_a_document_that_is_in_no_backlog_is_put_into_it(sound: Bench) -> None:
    await sound.database.documents.update_one({"_id": "A0"}, {"$set": {"version": 2}})
    done = await sound.turn(audit=True)
    assert (done["drifted"], done["indexed"]) == (1, 1)
    await whole(sound)


async def test_a_change_that_only_waits_is_no_drift(sound: Bench) -> None:
    await sound.rename("A0", "new")
    await sound.delete("b0")
    await sound.document("A0more")
    done = await sound.turn(audit=True)
    assert (done["drifted"], done["indexed"], done["removed"]) == (0, 2, 1)
    await whole(sound)


async def test_a_commit_whose_marks_are_on_their_way_is_no_drift(sound: Bench) -> None:
    await sound.rename("A0", "new")
    await put(sound, entry("A0", 2))
    await sound.database.documents.update_one({"_id": "A0"}, {"$set": {"indexed_version": 1, "unindexed_since": 1}})
    assert (await sound.turn(audit=True))["drifted"] == 0


async def test_no_drift_is_told_while_documents_change(sound: Bench) -> None:
    async def change() -> None:
        for number in range(3):
            for name in TITLES:
                await sound.rename(name, f"{number}")
            await sound.turn()

    changing = asyncio.create_task(change())
    drifted = 0
    while not changing.done():
        drifted += (await sound.turn(audit=True))["drifted"]
    await changing
    assert drifted == 0
    await sound.turn()
    await whole(sound)


async def test_it_goes_part_by_part_when_time_is_short(sound: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await sound.document("A0more")
    await sound.turn()
    await put(sound, Gone("Z1", 1), entry("zzz", 1))
    monkeypatch.setattr(auditing, "PART", 10_000.0)
    desk = sound.desk
    run = (await desk.enqueue(SyncSearch(audit=True))).run
    for _ in TITLES:
        await sound.deliver(desk, run)
    assert (await desk.read(run.id)).leg == len(TITLES)
    await sound.deliver(desk, run)
    assert json.loads((await desk.read(run.id)).result or "")["compared"] == len(TITLES) + 1
    await whole(sound)


async def test_pages_end_anywhere(sound: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("A0a", "A0b", "A0c", "A0d", "zz"):
        await sound.document(name)
    await sound.turn()
    await put(sound, Gone("A0c", 1), Gone("zz", 1))
    monkeypatch.setattr(auditing, "PAGE", 3)
    done = await sound.turn(audit=True)
    assert (done["compared"], done["drifted"]) == (21, 2)
    await whole(sound)


@pytest.mark.parametrize("lost", ["a pack", "the generation"])
async def test_what_the_bucket_or_the_database_lost_is_indexed_anew(sound: Bench, lost: str) -> None:
    """By the next turn, although nothing waits."""
    await sound.rename("A0", "new")
    await sound.turn()
    generation: Any = await sound.database.search_generation.find_one({})
    if lost == "a pack":
        await sound.storage.delete([generation["packs"][0][0]])
    else:
        await sound.database.search_generation.delete_one({})
    await sound.index.close()
    fresh = Bench(sound.database, sound.storage)
    await fresh.turn()
    await whole(fresh)
    await fresh.index.close()


@pytest.mark.parametrize(
    ("record", "held", "fits"),
    [
        ({"version": 1, "indexed_version": 0, "unindexed_since": 1}, None, True),
        ({"version": 1, "indexed_version": 0, "unindexed_since": 1}, 1, True),
        ({"version": 1, "indexed_version": 0}, None, False),
        ({"version": 2, "indexed_version": 2}, 2, True),
        ({"version": 2, "indexed_version": 2}, 1, False),
        ({"version": 2, "indexed_version": 2}, 3, False),
        ({"version": 2, "indexed_version": 2}, None, False),
        ({"version": 2, "indexed_version": 2, "deleted_at": 5}, None, True),
        ({"version": 2, "indexed_version": 2, "deleted_at": 5}, 2, False),
        ({"version": 4, "indexed_version": 2, "unindexed_since": 1}, 3, True),
        ({"version": 4, "indexed_version": 2, "unindexed_since": 1}, 1, False),
        ({"version": 4, "indexed_version": 2, "unindexed_since": 1}, None, False),
        ({"version": 4, "indexed_version": 2, "unindexed_since": 1, "deleted_at": 5}, None, True),
    ],
)
def test_what_the_index_may_hold(record: dict[str, Any], held: int | None, *, fits: bool) -> None:
    now = read({"_id": "one", **record})
    assert comparing.fits(held, now, now) is fits
