"""A commit is in the index and marked, or nothing has happened; and no older state ever replaces a newer one."""

from collections.abc import Awaitable, Callable, Sequence
from errno import ENOSPC
from typing import Any

import pytest

from shared.database import Database, MetOthers, transaction
from shared.documents import backlog
from shared.errors import DependencyDown, RetryableError
from shared.search.index import LostRace
from shared.search.model import State
from shared.search.tantivy import committing, generations
from shared.storage import Storage
from tests.integration.search.tantivy.place import Place, Process, gone, mill


async def marked(place: Place) -> dict[str, tuple[int, bool]]:
    """The version at which each document is marked, and whether it waits."""
    found = place.database.documents.find({})
    return {record["_id"]: (record["indexed_version"], "unindexed_since" in record) async for record in found}


async def test_what_is_committed_is_found_and_marked_by_either_provider(both_providers: Place) -> None:
    writer, reader = both_providers.process(), both_providers.process()
    for name in ("one", "two"):
        await both_providers.document(name)
    await writer.put(mill("one"), mill("two"))
    assert await reader.found("mill") == {"one", "two"}
    await writer.put(mill("one", 2, text="a race"), gone("two"))
    assert (await reader.found("mill"), await reader.found("race")) == (set(), {"one"})
    assert await marked(both_providers) == {"one": (2, False), "two": (2, False)}


async def test_of_two_writers_with_one_base_the_second_changes_nothing(place: Place) -> None:
    await place.document("one", version=2)
    slow, fast = place.process(), place.process()

    async def overtaken() -> Sequence[State]:
        await fast.put(mill("one", 2, text="newer"))
        return [mill("one", 1, text="older")]

    with pytest.raises(LostRace):
        await slow.index.change(overtaken)
    assert (await slow.found("newer"), await slow.found("older")) == ({"one"}, set())
    assert await marked(place) == {"one": (2, False)}
    assert (await place.generation())["number"] == 1


async def test_the_documents_are_read_after_the_generation(place: Place) -> None:
    """Who reads late sees what a faster writer has seen, so an older state can't win."""
    writer = place.process()
    seen: list[str] = []

    async def reading() -> Sequence[State]:
        seen.append("documents")
        return []

    real = generations.read

    async def watched(database: Database) -> Any:
        seen.append("generation")
        return await real(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generations, "read", watched)
        await writer.index.change(reading)
    assert seen == ["generation", "documents"]


async def test_an_empty_batch_commits_nothing(place: Place) -> None:
    await place.process().put()
    assert await place.database.search_generation.find_one({}) is None


async def test_a_document_that_was_never_there_may_go(place: Place) -> None:
    await place.document("one", version=2)
    writer = place.process()
    await writer.put(gone("one"))
    assert (await writer.held(), await marked(place)) == ({}, {"one": (2, False)})


class Died(BaseException):
    """The process is gone."""


Break = Callable[[Place, Process, pytest.MonkeyPatch], None]


def before_the_upload(_: Place, writer: Process, patch: pytest.MonkeyPatch) -> None:
    async def die(*_: Any, **__: Any) -> bool:
        raise Died

    patch.setattr(Storage, "create", die)


def before_the_transaction(_: Place, writer: Process, patch: pytest.MonkeyPatch) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Died

    patch.setattr(generations, "swap", die)


def in_the_transaction(_: Place, writer: Process, patch: pytest.MonkeyPatch) -> None:
    async def die(*_: Any, **__: Any) -> None:
        raise Died

    patch.setattr(backlog, "mark", die)


@pytest.mark.parametrize("breaks", [before_the_upload, before_the_transaction, in_the_transaction])
async def test_a_writer_that_dies_before_the_commit_has_done_nothing(place: Place, breaks: Break) -> None:
    for name in ("one", "two"):
        await place.document(name)
    writer, reader = place.process(), place.process()
    await writer.put(mill("one"))
    before = await place.generation()
    with pytest.MonkeyPatch.context() as patch:
        breaks(place, writer, patch)
        with pytest.raises(Died):
            await writer.put(mill("two"))
    assert (await place.generation(), await reader.found("mill")) == (before, {"one"})
    assert await marked(place) == {"one": (1, False), "two": (0, True)}
    await writer.put(mill("two"))
    assert await reader.found("mill") == {"one", "two"}


async def test_a_writer_that_dies_after_the_commit_has_done_it(place: Place) -> None:
    await place.document("one")
    writer = place.process()
    with pytest.MonkeyPatch.context() as patch:

        def die(*_: Any) -> None:
            raise Died

        patch.setattr("shared.search.tantivy.disk.Disk.keep", die)
        with pytest.raises(Died):
            await writer.put(mill("one"))
    assert (await place.process().found("mill"), await marked(place)) == ({"one"}, {"one": (1, False)})


def losing(answer: Callable[..., Awaitable[Any]], *, happens: bool) -> Callable[..., Awaitable[Any]]:
    async def lost(*given: Any, **more: Any) -> Any:
        if happens:
            await answer(*given, **more)
        raise DependencyDown("mongodb", "no answer")

    return lost


@pytest.mark.parametrize("happens", [True, False])
async def test_a_commit_whose_answer_was_lost_is_found_out(place: Place, *, happens: bool) -> None:
    await place.document("one")
    writer = place.process()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generations, "transaction", losing(transaction, happens=happens))
        if happens:
            await writer.put(mill("one"))
        else:
            with pytest.raises(DependencyDown):
                await writer.put(mill("one"))
    assert await place.process().found("mill") == ({"one"} if happens else set())
    assert await marked(place) == {"one": (1, False) if happens else (0, True)}


async def test_a_lost_race_throws_its_own_pack_away(place: Place) -> None:
    slow, fast = place.process(), place.process()
    made: list[str] = []
    real = Storage.create

    async def watched(self: Storage, key: str, *given: Any, **more: Any) -> bool:
        made.append(key)
        return await real(self, key, *given, **more)

    async def overtaken() -> Sequence[State]:
        await fast.put(mill("one"))
        return [mill("two")]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Storage, "create", watched)
        with pytest.raises(LostRace):
            await slow.index.change(overtaken)
    [kept, thrown] = made
    there = {line.key async for page in place.storage.list("search/") for line in page}
    assert (kept in there, thrown in there) == (True, False)


@pytest.mark.parametrize("overtaken", [True, False])
async def test_a_commit_that_is_tried_again_after_it_has_happened_is_no_lost_race(
    place: Place, *, overtaken: bool
) -> None:
    """Its pack is named: throwing it away would damage the index."""
    writer, other = place.process(), place.process()
    real = transaction

    async def twice(*given: Any) -> None:
        await real(*given)
        patch.setattr(generations, "transaction", real)
        if overtaken:
            await other.put(mill("two"))
        await real(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generations, "transaction", twice)
        await writer.put(mill("one"))
    assert await place.process().found("mill") == ({"one", "two"} if overtaken else {"one"})


async def test_a_full_disk_is_worth_another_attempt_and_leaves_nothing_half_done(place: Place) -> None:
    writer = place.process()
    await writer.put(mill("one"))

    def full(*_: Any, **__: Any) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committing, "packed", full)
        with pytest.raises(RetryableError, match="disk"):
            await writer.put(mill("two"))
    assert list(writer.index._disk.root.glob("work-*")) == []
    await writer.put(mill("two"))
    assert await writer.found("mill") == {"one", "two"}


async def test_documents_that_change_all_the_time_are_marked_after_the_commit(place: Place) -> None:
    await place.document("one")
    real, tried = transaction, list[str]()

    async def meeting(*given: Any) -> None:
        tried.append("tried")
        if len(tried) == 1:
            raise MetOthers("mongodb", "busy")
        await real(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generations, "transaction", meeting)
        await place.process().put(mill("one"))
    assert (await place.process().found("mill"), await marked(place)) == ({"one"}, {"one": (1, False)})
