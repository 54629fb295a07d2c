"""The search index's backlog: what has changed since it was indexed, the longest waiting first."""

from typing import Any

from shared.database import Database
from shared.documents import Status, backlog, progress, records
from tests.support.documents import keep
from tests.support.unindexed import unindexed


async def change(database: Database, name: str) -> None:
    changed = await records.change(database, name, {"title": "other"}, owner="ada", versions=None, indexing=unindexed)
    assert changed is not None


async def since(database: Database, name: str) -> Any:
    """Since when it has been waiting; None: it does not."""
    return (await database.documents.find_one({"_id": name}) or {}).get("unindexed_since")


async def waiting(database: Database, limit: int = 9) -> list[str]:
    return [document.id for document in await backlog.page(database, limit)]


async def indexed(database: Database, name: str) -> int:
    return int((await database.documents.find_one({"_id": name}) or {})["indexed_version"])


async def test_every_change_puts_a_document_into_it(database: Database) -> None:
    for name in ("changed", "moved", "deleted", "left alone"):
        await keep(database, name)
    await change(database, "changed")
    await progress.move(database, "moved", of={Status.STORED}, to=Status.ANALYSING, indexing=unindexed)
    await records.delete(database, "deleted", owner="ada", indexing=unindexed)
    assert sorted(await waiting(database)) == ["changed", "deleted", "moved"]


async def test_the_longest_waiting_come_first_deleted_ones_too(database: Database) -> None:
    await keep(database, "third", unindexed_since=30)
    await keep(database, "first", unindexed_since=10, deleted_at=10)
    await keep(database, "second", unindexed_since=20)
    await keep(database, "indexed")
    assert await waiting(database) == ["first", "second", "third"]
    assert await waiting(database, limit=2) == ["first", "second"]
    assert await backlog.oldest(database) == 10


async def test_an_empty_one_has_no_oldest(database: Database) -> None:
    await keep(database, "indexed")
    assert (await waiting(database), await backlog.oldest(database)) == ([], None)


async def test_who_waits_already_waits_no_shorter_for_another_change(database: Database) -> None:
    await keep(database, "one", unindexed_since=10)
    await change(database, "one")
    assert await since(database, "one") == 10


async def test_a_mark_of_the_newest_version_ends_the_wait(database: Database) -> None:
    await keep(database, "one", version=4, unindexed_since=10)
    await keep(database, "other", version=2, unindexed_since=20)
    await backlog.mark(database, {"one": 4, "other": 2, "gone": 7})
    assert await waiting(database) == []
    assert (await indexed(database, "one"), await indexed(database, "other")) == (4, 2)


async def test_a_mark_of_an_older_one_does_not(database: Database) -> None:
    """It has changed while it was being indexed, and is only partly known."""
    await keep(database, "one", version=4, unindexed_since=10)
    await backlog.mark(database, {"one": 3})
    assert (await indexed(database, "one"), await since(database, "one")) == (3, 10)
    await backlog.mark(database, {"one": 4})
    assert (await indexed(database, "one"), await since(database, "one")) == (4, None)


async def test_a_mark_that_comes_late_changes_nothing(database: Database) -> None:
    await keep(database, "one", version=4, indexed_version=4)
    before = await database.documents.find_one({"_id": "one"})
    await backlog.mark(database, {"one": 3})
    await backlog.mark(database, {"one": 4})
    assert await database.documents.find_one({"_id": "one"}) == before


async def test_a_mark_ends_the_wait_of_who_waits_although_it_is_indexed(database: Database) -> None:
    """No change leaves a record so; but one that is so must not be brought in for ever."""
    await keep(database, "one", version=4, indexed_version=4, unindexed_since=10)
    await backlog.mark(database, {"one": 3})
    assert await waiting(database) == ["one"]
    await backlog.mark(database, {"one": 4})
    assert await waiting(database) == []


async def test_a_mark_changes_nothing_that_its_owner_sees(database: Database) -> None:
    await keep(database, "one", version=4, unindexed_since=10)
    await backlog.mark(database, {"one": 4})
    record = await database.documents.find_one({"_id": "one"}) or {}
    assert (record["version"], record["updated_at"]) == (4, 1)


async def test_what_is_put_back_is_indexed_once_more(database: Database) -> None:
    await keep(database, "one", version=4, indexed_version=4)
    await keep(database, "waiting", version=2, unindexed_since=10)
    assert await backlog.put_back(database, {"one", "waiting", "gone"}) == 2
    assert await waiting(database) == ["waiting", "one"]
    assert await indexed(database, "one") == 0
    assert await since(database, "waiting") == 10, "it has been waiting since then all the same"
    await backlog.mark(database, {"one": 4})
    assert await waiting(database) == ["waiting"]


async def test_nothing_to_mark_or_to_put_back_is_nothing(database: Database) -> None:
    await keep(database, "one", unindexed_since=10)
    await backlog.mark(database, {})
    assert await backlog.put_back(database, ()) == 0
    assert await waiting(database) == ["one"]
