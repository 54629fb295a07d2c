"""Whatever writers do and in whatever order: the newest state stays, and a mark is true."""

import asyncio

import pytest

from shared.database import Database
from shared.documents import backlog
from shared.search.index import SearchIndex
from shared.search.model import Gone
from tests.integration.search.engines.library import Library, entry
from tests.support.documents import keep
from tests.support.postgres import Postgres


async def indexed(database: Database, name: str) -> int:
    return int((await database.documents.find_one({"_id": name}) or {})["indexed_version"])


async def versions(index: SearchIndex, name: str) -> int | None:
    return (await index.versions(name[:2])).get(name)


async def test_an_older_state_replaces_no_newer_one(library: Library, database: Database) -> None:
    await keep(database, "mill", version=4, indexed_version=0, unindexed_since=1)
    await library.hold(entry("mill", version=4, text="new"))
    await library.hold(entry("mill", version=3, text="old"), entry("other", text="old"))
    assert await library.ids("new") == {"mill"}
    assert await library.ids("old") == {"other"}, "the rest of the batch is in"
    assert await indexed(database, "mill") == 4


async def test_two_writers_at_once_leave_the_newer_state(library: Library) -> None:
    for version in range(2, 20, 2):
        newer = library.hold(entry("mill", version=version, text="new"), entry("sea", version=version, text="new"))
        older = library.hold(entry("sea", version=version - 1, text="old"), entry("mill", version=version - 1))
        await asyncio.gather(newer, older)
        assert await library.ids("new") == {"mill", "sea"}
        assert await versions(library.index, "mill") == version


async def test_a_late_writer_brings_nothing_back_that_was_deleted(library: Library) -> None:
    await library.hold(entry("mill", version=3, text="wheel"))
    await library.hold(Gone("mill", 4))
    await library.hold(entry("mill", version=3, text="wheel"))
    assert await library.ids("wheel") == await library.ids("") == set()
    assert await library.index.sums() == {}


async def test_a_deletion_that_comes_first_is_kept_for_those_that_come_late(library: Library) -> None:
    await library.hold(Gone("mill", 4))
    await library.hold(entry("mill", version=3, text="wheel"))
    assert await library.ids("") == set()


async def test_what_has_no_record_goes_whatever_its_version_and_does_not_come_back(library: Library) -> None:
    await library.hold(entry("mill", version=3, text="wheel"))
    await library.hold(Gone("mill", 0))
    await library.hold(entry("mill", version=3, text="wheel"))
    assert await library.ids("") == set()


async def test_a_tombstone_keeps_no_word(library: Library, postgres: Postgres) -> None:
    await library.hold(entry("mill", title="secret", tags=("secret",), about="secret", text="secret"))
    await library.hold(Gone("mill", 2))
    held = await postgres.execute("select documents::text from documents")
    assert len(held) == 1
    assert "secret" not in str(held)
    assert "ada" not in str(held)


async def test_a_state_of_the_same_version_is_written_again(library: Library) -> None:
    """Its text may not have been there the first time."""
    await library.hold(entry("mill"))
    await library.hold(entry("mill", text="wheel"))
    assert await library.ids("wheel") == {"mill"}


async def test_a_crash_before_the_mark_is_made_good_by_the_next_turn(
    library: Library, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(database, "mill", version=2, indexed_version=0, unindexed_since=1)

    async def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(backlog, "mark", crash)
        with pytest.raises(KeyboardInterrupt):
            await library.hold(entry("mill", version=2, text="wheel"))
    assert [document.id for document in await backlog.page(database, 9)] == ["mill"]
    await library.hold(entry("mill", version=2, text="wheel"))
    assert await backlog.page(database, 9) == []
    assert await library.ids("wheel") == {"mill"}


@pytest.mark.parametrize(
    "held", [entry("mill", version=7, text="wheel"), Gone("mill", 7)], ids=["a row", "a tombstone"]
)
async def test_a_row_of_a_lost_past_gives_way(library: Library, database: Database, held: Gone) -> None:
    """MongoDB was restored from a backup: its record is at 5, and never was at 7."""
    await library.hold(held)
    await keep(database, "mill", version=5, indexed_version=0, unindexed_since=1)
    await library.hold(entry("mill", version=5, text="race"))
    assert await library.ids("wheel") == set()
    assert [document.id for document in await backlog.page(database, 9)] == ["mill"], "no mark without a row"
    await library.hold(entry("mill", version=5, text="race"))
    assert await library.ids("race") == {"mill"}
    assert await indexed(database, "mill") == 5
