"""What the bucket or the database has lost: the index goes on with what is left, and says that an audit is needed."""

from typing import Any

import pytest

from shared.search.index import Damaged
from shared.search.tantivy import generations
from tests.integration.search.tantivy.place import Place, mill


async def lose(place: Place, number: int) -> str:
    """The pack of that place in the order of size."""
    keys = sorted((await place.generation())["packs"], key=lambda pack: pack[1])
    key: str = keys[number][0]
    await place.storage.delete([key])
    return key


@pytest.fixture
async def two_packs(place: Place) -> Place:
    writer = place.process()
    for name in ("one", "two"):
        await place.document(name)
        words = " ".join(f"word{number}" for number in range(2_000 if name == "two" else 1))
        await writer.put(mill(name, text=f"mill {words}"))
    return place


async def test_a_reader_finds_what_is_left(two_packs: Place) -> None:
    await lose(two_packs, 0)
    assert await two_packs.process().found("mill") == {"two"}


async def test_a_reader_that_has_a_copy_needs_no_bucket(two_packs: Place) -> None:
    reader = two_packs.process()
    await reader.found("mill")
    await lose(two_packs, 0)
    assert await reader.found("mill") == {"one", "two"}


async def test_a_writer_drops_what_is_lost_once_and_goes_on(two_packs: Place) -> None:
    lost = await lose(two_packs, 0)
    writer = two_packs.process()
    with pytest.raises(Damaged):
        await writer.put(mill("three"))
    await writer.put(mill("three"))
    assert await two_packs.process().found("mill") == {"two", "three"}
    assert await two_packs.database.search_retired.find_one({"_id": lost}) is not None


async def test_a_segment_goes_with_the_file_that_says_who_is_dead_in_it(place: Place) -> None:
    """Or the dead would come back."""
    writer = place.process()
    await writer.put(*[mill(f"{number}") for number in range(9)])
    await writer.put(mill("0", 2, text="changed"))
    segments = (await place.generation())["segments"]
    [key] = [pack for segment in segments for name, pack in segment["files"] if name.endswith(".del")]
    await place.storage.delete([key])
    assert await place.process().held() == {}


async def test_a_pack_that_was_collected_meanwhile_is_no_loss(
    two_packs: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 28: a reader that misses a file reads the generation again."""
    writer, reader = two_packs.processes[0], two_packs.process()
    old = await generations.read(two_packs.database)
    await writer.put(mill("one", 2), mill("two", 2))
    retired = [record["_id"] async for record in two_packs.database.search_retired.find({})]
    await two_packs.storage.delete(retired)
    real, given = generations.read, [old]

    async def late(*asked: Any) -> Any:
        return given.pop() if given else await real(*asked)

    monkeypatch.setattr(generations, "read", late)
    assert await reader.held() == {"one": 2, "two": 2}


@pytest.mark.parametrize("how", ["gone", "of another schema"])
async def test_a_lost_generation_begins_anew_once(two_packs: Place, how: str) -> None:
    if how == "gone":
        await two_packs.database.search_generation.delete_one({})
    else:
        await two_packs.database.search_generation.update_one({}, {"$set": {"fingerprint": "another"}})
    assert await two_packs.process().found("mill") == set()
    writer = two_packs.process()
    with pytest.raises(Damaged):
        await writer.put(mill("one"))
    await writer.put(mill("one"))
    assert await two_packs.process().held() == {"one": 1}


async def test_a_database_that_was_never_indexed_has_lost_nothing(place: Place) -> None:
    await place.document("one")
    await place.process().put(mill("one"))
    assert await place.process().held() == {"one": 1}
