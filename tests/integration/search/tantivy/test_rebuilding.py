"""The index is made anew from the documents alone, while others search and change it."""

from collections.abc import AsyncIterator, Sequence

import pytest

from shared.search.index import Known
from shared.search.source import Source
from shared.search.tantivy import rebuilding
from tests.integration.search.tantivy.place import LOG, Place, Process, mill


@pytest.fixture
async def filled(place: Place) -> Place:
    """Five documents, of which the index knows nothing, one that it should not know, and one that was deleted."""
    for number in range(5):
        await place.document(f"{number}", title=f"Mill {number}")
    await place.document("dead", version=2, deleted_at=1)
    writer = place.process()
    await writer.put(mill("stranger"), mill("dead"))
    return place


def source(place: Place) -> Source:
    return Source(place.database, place.storage, LOG)


async def rebuilt(process: Process, made_of: Source) -> list[int]:
    told: list[int] = []
    await process.index.rebuild(made_of, told.append)
    return told


async def waiting(place: Place) -> int:
    return int(await place.database.documents.count_documents({"unindexed_since": {"$exists": True}}))


async def test_it_holds_what_the_documents_say_and_nothing_else(filled: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    before = await filled.packs()
    told = await rebuilt(filled.process(), source(filled))
    reader = filled.process()
    assert (told, await reader.held()) == ([2, 4, 5], {f"{number}": 1 for number in range(5)})
    assert (await reader.found("mill"), await waiting(filled)) == ({f"{number}" for number in range(5)}, 0)
    retired = {record["_id"] async for record in filled.database.search_retired.find({})}
    assert before <= retired


async def test_it_needs_no_index_to_begin_with(place: Place) -> None:
    await place.document("one")
    await rebuilt(place.process(), source(place))
    assert await place.process().held() == {"one": 1}


async def test_of_nothing_it_makes_an_empty_one(place: Place) -> None:
    await rebuilt(place.process(), source(place))
    assert await place.process().held() == {}


class Meanwhile(Source):
    """Another changes documents and commits while they are looked through for the second time."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.database, place.storage, LOG)
        self._place = place
        self._looks = 0

    async def known(self) -> AsyncIterator[Sequence[Known]]:
        self._looks += 1
        async for page in super().known():
            yield page
        if self._looks == 2:
            documents = self._place.database.documents
            await documents.update_one({"_id": "0"}, {"$set": {"title": "Race", "version": 2}})
            await documents.update_one({"_id": "1"}, {"$set": {"deleted_at": 1, "version": 2}})
            await documents.delete_one({"_id": "2"})
            await self._place.document("new", title="New mill")
            await self._place.processes[0].put(mill("0", 2, text="race"))


async def test_what_changes_meanwhile_is_in_it(filled: Place) -> None:
    await rebuilt(filled.process(), Meanwhile(filled))
    assert await filled.process().held() == {"0": 2, "3": 1, "4": 1, "new": 1}
    assert await filled.process().found("race") == {"0"}
    assert await waiting(filled) == 0


async def test_searches_go_on_with_the_index_that_was_there(filled: Place) -> None:
    reader = filled.process()
    seen: list[set[str]] = []

    class Watched(Source):
        async def known(self) -> AsyncIterator[Sequence[Known]]:
            seen.append(await reader.found("mill"))
            async for page in super().known():
                yield page

    await rebuilt(filled.process(), Watched(filled.database, filled.storage, LOG))
    assert seen == [{"stranger", "dead"}] * 2
