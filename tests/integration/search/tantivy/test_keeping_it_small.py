"""Segments stay few and small changes cheap; packs are deleted when nobody can need them, and no sooner."""

from secrets import token_hex
from typing import Any

import pytest

from shared.search.tantivy import generations, merging, tidying
from shared.search.tantivy.generations import Deletes, Segment
from shared.storage import Storage
from tests.integration.search.tantivy.place import Place, gone, mill

DAY = 86_400.0


def segment(live: int, number: int = 0) -> Segment:
    return Segment(f"{live}-{number}", live + 3, Deletes(3, 1), {})


@pytest.mark.parametrize(
    ("sizes", "merged"),
    [
        ([1] * 7, []),
        ([1] * 8, [1] * 8),
        ([7, 1, 1, 1, 1, 1, 1, 1, 8], [1, 1, 1, 1, 1, 1, 1, 7]),
        ([8] * 7 + [1] * 7, []),
        ([9] * 9 + [1] * 3, [9] * 8),
        ([20_000] * 8, [20_000] * 8),
        ([20_000] * 7 + [9_999] * 7, []),
    ],
)
def test_eight_of_a_tier_are_merged(sizes: list[int], merged: list[int]) -> None:
    segments = [segment(size, number) for number, size in enumerate(sizes)]
    assert [one.live for one in merging.next_merge(segments)] == merged


async def test_many_small_changes_leave_few_segments_and_rewrite_little(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = place.process()
    text = " ".join(f"word{number}" for number in range(300))
    await writer.put(*[mill(f"old{number:04}", text=text) for number in range(800)])
    big = (await place.generation())["packs"][0][1]
    sizes: list[int] = []
    real = Storage.create

    async def watched(self: Storage, key: str, body: Any, **more: Any) -> bool:
        sizes.append(body.stat().st_size)
        return await real(self, key, body, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Storage, "create", watched)
        for number in range(30):
            await writer.put(mill(f"new{number:04}", text=text))
    assert len((await place.generation())["segments"]) <= 12
    assert max(sizes) < big / 3, "no small change rewrites the large segment"
    assert len(await writer.held()) == 830


async def test_a_segment_of_the_dead_is_dropped(place: Place) -> None:
    writer = place.process()
    await writer.put(*[mill(f"{number}") for number in range(20)])
    await writer.put(mill("left"))
    await writer.put(*[gone(f"{number}") for number in range(20)])
    assert len((await place.generation())["segments"]) == 1
    assert await writer.held() == {"left": 1}


async def test_changes_of_documents_in_many_segments_are_all_made(place: Place) -> None:
    writer = place.process()
    for number in range(7):
        await writer.put(*[mill(f"{number}{other}") for other in range(9 * (number + 1))])
    names = [f"{number}0" for number in range(7)]
    await writer.put(*[mill(name, 2, text="changed") for name in names])
    assert await place.process().found("changed") == set(names)
    assert len(await writer.held()) == sum(9 * (number + 1) for number in range(7))


async def test_a_retired_pack_lives_for_a_day(place: Place) -> None:
    """Case 28: a reader may be opening it."""
    writer = place.process()
    await writer.put(mill("one"))
    [first] = await place.packs()
    await writer.put(mill("two"), gone("one"))
    now = place.processes[0].index._world.now()
    assert (await tidying.tidy(place.database, place.storage, now=now)).count == 0
    assert (await place.storage.head(first)).size > 0
    await place.database.search_retired.update_many({}, {"$set": {"retired_at": 0}})
    assert (await tidying.tidy(place.database, place.storage, now=now)).count == 1
    assert (await place.database.search_retired.find_one({}), await place.process().found("mill")) == (None, {"two"})


async def test_what_a_writer_has_uploaded_and_not_committed_is_left_for_a_day(place: Place) -> None:
    writer = place.process()
    await writer.put(mill("one"))
    orphan = f"search/{token_hex(6)}.tar"
    await place.storage.create(orphan, b"left behind", content_type="application/x-tar")
    now = writer.index._world.now()
    await tidying.tidy(place.database, place.storage, now=now)
    assert (await place.storage.head(orphan)).size > 0
    assert (await tidying.tidy(place.database, place.storage, now=now + 2 * DAY)).count >= 1
    there = {line.key async for page in place.storage.list("search/") for line in page}
    assert there == await place.packs(), "the generation's own, however old"


async def test_a_pack_that_is_committed_while_the_bucket_is_listed_stays(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = place.process()
    await writer.put(mill("one"))
    real = generations.read

    async def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(generations, "read", real)
        await writer.put(mill("two"))
        return await real(*given)

    monkeypatch.setattr(generations, "read", meanwhile)
    now = writer.index._world.now()
    await tidying.tidy(place.database, place.storage, now=now + 2 * DAY)
    assert await place.process().found("mill") == {"one", "two"}
