"""A change of a document and the run that will index it: one transaction, both or neither, and few runs for many."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from functions.indexing import SEARCH, IndexSoon
from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from shared.clock import World
from shared.database import Database, Session
from shared.documents import Document, Indexing, Status, StoredText, progress, records
from shared.runs.claim import Claimant, Verdict, claim
from shared.runs.model import State
from tests.support.documents import keep

TEXT = StoredText("texts/one", 3)
Change = Callable[[Database, str, Indexing], Awaitable[object]]


def change(database: Database, name: str, indexing: Indexing) -> Awaitable[Document | None]:
    return records.change(database, name, {"title": "new"}, owner="ada", versions=None, indexing=indexing)


def delete(database: Database, name: str, indexing: Indexing) -> Awaitable[bool]:
    return records.delete(database, name, owner="ada", indexing=indexing)


def move(database: Database, name: str, indexing: Indexing) -> Awaitable[Document | None]:
    return progress.move(database, name, of={Status.STORED}, to=Status.ANALYSING, indexing=indexing)


def name_text(database: Database, name: str, indexing: Indexing) -> Awaitable[Document | None]:
    return progress.name_text(database, name, TEXT, instead_of=None, indexing=indexing)


CHANGES: list[Change] = [change, delete, move, name_text]
every_change = pytest.mark.parametrize("act", CHANGES, ids=lambda act: act.__name__)


def soon(database: Database) -> IndexSoon:
    return IndexSoon(database, World())


async def runs(database: Database) -> list[dict[str, Any]]:
    return await database.runs.find({}).sort("created").to_list(None)


async def record(database: Database, name: str) -> dict[str, Any]:
    found = await database.documents.find_one({"_id": name})
    assert found is not None
    return found


@every_change
async def test_a_change_leaves_the_run_that_will_index_it(database: Database, act: Change) -> None:
    await keep(database, "one")
    indexing = soon(database)
    assert await act(database, "one", indexing)
    [run] = await runs(database)
    assert (run["job"], run["owner"], run["state"]) == (SYNC_SEARCH.name, SEARCH, State.PENDING.value)
    assert indexing.run is not None
    assert indexing.run.id == run["_id"]
    assert (await record(database, "one"))["version"] == 2


@every_change
@pytest.mark.parametrize("when", ["before", "after"])
async def test_one_that_dies_beside_its_run_leaves_neither(database: Database, act: Change, when: str) -> None:
    await keep(database, "one")
    before = await record(database, "one")

    async def dies(session: Session) -> None:
        if when == "after":
            await soon(database)(session)
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await act(database, "one", dies)
    assert (await record(database, "one"), await runs(database)) == (before, [])


async def test_a_change_that_finds_nothing_to_change_accepts_nothing(database: Database) -> None:
    await keep(database, "one", status=Status.ANALYSED.value, text={"key": "texts/other", "characters": 1})
    await keep(database, "gone", deleted_at=1)
    indexing = soon(database)
    assert await records.change(database, "one", {"title": "x"}, owner="ada", versions={7}, indexing=indexing) is None
    assert await records.change(database, "one", {"title": "x"}, owner="eve", versions=None, indexing=indexing) is None
    assert await move(database, "one", indexing) is None
    assert await name_text(database, "one", indexing) is None
    assert await delete(database, "gone", indexing) is True
    assert await delete(database, "unknown", indexing) is False
    assert (await runs(database), indexing.run) == ([], None)


async def test_changes_one_after_another_share_one_run(database: Database) -> None:
    for number in range(20):
        await keep(database, f"{number}")
        await change(database, f"{number}", soon(database))
    [run] = await runs(database)
    assert run["joined"] == 19


@pytest.mark.parametrize("waiting", [True, False], ids=["with a run that waits", "with none"])
async def test_twenty_at_once_all_succeed_and_each_has_a_run(database: Database, *, waiting: bool) -> None:
    """Those who meet at the run that waits do not fight for it: each begins anew once, and has one of its own."""
    names = [f"{number}" for number in range(20)]
    for name in names:
        await keep(database, name)
    if waiting:
        await keep(database, "first")
        await change(database, "first", soon(database))
    begun: list[int] = []

    async def one(name: str) -> str:
        inner, times = soon(database), 0

        async def indexing(session: Session) -> None:
            nonlocal times
            times += 1
            await inner(session)

        assert await change(database, name, indexing)
        begun.append(times)
        assert inner.run is not None
        return inner.run.id

    named = await asyncio.gather(*map(one, names))
    assert set(named) <= {run["_id"] for run in await runs(database)}
    assert [(await record(database, name))["version"] for name in names] == [2] * 20
    assert max(begun) <= 2


async def test_ten_changes_of_one_document_at_once_are_all_made(database: Database) -> None:
    await keep(database, "one")
    await asyncio.gather(*(change(database, "one", soon(database)) for _ in range(10)))
    assert (await record(database, "one"))["version"] == 11


async def test_a_run_that_is_claimed_in_the_middle_of_a_change_is_not_the_changes(database: Database) -> None:
    """It may have read the backlog before the change was in it: the change begins anew, and has a run of its own."""
    await keep(database, "zero")
    await keep(database, "one")
    first, second = soon(database), soon(database)
    await change(database, "zero", first)
    assert first.run is not None
    waiting, verdicts = first.run.id, list[Verdict]()
    lambda_ = Claimant(job=SYNC_SEARCH.name, token="t", leg=0, epoch=0, tries=8, lease=60.0, attempt={}, version=1)

    async def claimed_meanwhile(session: Session) -> None:
        if not verdicts:
            verdicts.append((await claim(database.runs, waiting, lambda_)).verdict)
        await second(session)

    assert await change(database, "one", claimed_meanwhile)
    assert verdicts == [Verdict.TAKEN]
    assert second.run is not None
    assert second.run.id != waiting
    assert {run["_id"]: run["state"] for run in await runs(database)} == {
        waiting: State.RUNNING.value,
        second.run.id: State.PENDING.value,
    }
