"""A document that can't be indexed holds up no other, however often it fails, and is never passed over in silence."""

import logging
from collections.abc import Iterable, Sequence

import pytest

from functions.sync_search import draining
from functions.sync_search.contract import SyncSearch
from shared.documents import Document
from shared.errors import DeadlineReached
from shared.runs.model import State
from shared.search import source
from shared.search.index import Read
from shared.search.model import State as Indexed
from shared.search.source import Source
from tests.integration.sync_search.bench import LOG, Bench
from tests.integration.sync_search.instead import Change, Instead


class Poisonous(Source):
    """Stumbles over some documents."""

    async def read(self, documents: Iterable[Document]) -> Sequence[Indexed]:
        taken = list(documents)
        if any(document.id.startswith("poison") for document in taken):
            raise ValueError("a fault of ours, with words of the document's")
        return await super().read(taken)


@pytest.fixture
def stumbling(bench: Bench) -> Bench:
    bench.change(source=Poisonous(bench.database, bench.storage, LOG))
    return bench


async def test_one_document_that_cannot_be_indexed_holds_up_no_other(stumbling: Bench) -> None:
    for number in range(9):
        await stumbling.document(f"{number}")
    await stumbling.document("poison", unindexed_since=0)
    done = await stumbling.turn()
    assert (done["indexed"], done["left"], await stumbling.waiting()) == (9, 1, {"poison"})
    assert done["lag"][1] > 0, "what is left is lag"


async def test_it_is_named_in_the_log_and_none_of_its_words_are(
    stumbling: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await stumbling.document("poison")
    await stumbling.turn()
    (told,) = (line for line in caplog.records if line.message == "a document could not be indexed")
    assert (told.levelno, vars(told)["document"], vars(told)["fault"]) == (logging.ERROR, "poison", "ValueError")
    assert "words" not in caplog.text


async def test_it_is_indexed_once_it_can_be(stumbling: Bench) -> None:
    await stumbling.document("poison")
    await stumbling.turn()
    stumbling.change(source=Source(stumbling.database, stumbling.storage, LOG))
    assert (await stumbling.turn())["indexed"] == 1
    assert (await stumbling.held(), await stumbling.waiting()) == ({"poison": 1}, set())


async def test_the_next_leg_does_not_begin_with_it_again(stumbling: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else documents that can't be indexed could use up every leg."""
    monkeypatch.setattr(source, "DOCUMENTS", 2)
    for name in ("poison one", "poison two"):
        await stumbling.document(name, unindexed_since=0)
    await stumbling.document("good")
    tried = 0

    async def until_both_are_left(change: Change, read: Read) -> Sequence[Indexed]:
        nonlocal tried
        tried += 1
        if tried == 3:
            monkeypatch.setattr(draining, "BATCH", 10_000.0)
        return await change(read)

    stumbling.change(index=Instead(stumbling.index, until_both_are_left))
    desk = stumbling.desk
    run = (await desk.enqueue(SyncSearch())).run
    await stumbling.deliver(desk, run)
    assert (await desk.read(run.id)).read_cursor()["left"] == ["poison one", "poison two"]
    monkeypatch.setattr(draining, "BATCH", 40.0)
    await stumbling.deliver(desk, run)
    assert (tried, await stumbling.held()) == (5, {"good": 1}), "and once with nothing, to see that the index is whole"


async def test_the_search_for_it_stops_before_the_deadline(stumbling: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("poison one", "poison two"):
        await stumbling.document(name)
    desk = stumbling.desk
    run = (await desk.enqueue(SyncSearch())).run

    async def slow(_: Change, read: Read) -> Sequence[Indexed]:
        monkeypatch.setattr(draining, "BATCH", 10_000.0)
        return await read()

    stumbling.change(index=Instead(stumbling.index, slow))
    desk = stumbling.desk
    await stumbling.deliver(desk, run)
    now = await desk.read(run.id)
    assert (now.leg, now.read_cursor()["left"]) == (1, [])


async def test_where_nothing_can_be_indexed_the_run_fails_and_says_so(
    stumbling: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is a fault of a deployment, and no document's."""
    monkeypatch.setattr(draining, "MOST", 2)
    for number in range(4):
        await stumbling.document(f"poison {number}")
    desk = stumbling.desk
    run = (await desk.enqueue(SyncSearch())).run
    assert (await stumbling.deliver(desk, run)).answer.status == 503
    now = await desk.read(run.id)
    assert now.state is State.RETRYING
    assert "more than 2 documents could not be indexed" in str(now.error)


async def test_the_end_of_the_time_is_no_fault_of_a_document(bench: Bench) -> None:
    for name in ("one", "two"):
        await bench.document(name)
    tried = []

    async def late(_: Change, read: Read) -> Sequence[Indexed]:
        tried.append(len(await read()))
        raise DeadlineReached("no time is left for another call")

    bench.change(index=Instead(bench.index, late))
    desk = bench.desk
    run = (await desk.enqueue(SyncSearch())).run
    assert (await bench.deliver(desk, run)).answer.status == 503
    assert tried == [2]


async def test_a_record_that_cannot_be_read_holds_up_no_other(bench: Bench) -> None:
    await bench.document("broken", unindexed_since=0)
    await bench.database.documents.update_one({"_id": "broken"}, {"$unset": {"title": "", "file": ""}})
    await bench.document("good")
    done = await bench.turn()
    assert (done["indexed"], done["left"], await bench.held()) == (1, 1, {"good": 1})
