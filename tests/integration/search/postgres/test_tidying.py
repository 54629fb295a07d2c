"""What nobody can need any more goes; what somebody can need stays."""

from shared.search.model import Gone, Match
from tests.integration.search.engines.library import Library, entry
from tests.support.postgres import Postgres

WORDS = "select word from words order by word"


async def test_a_tombstone_stays_for_a_day(library: Library, postgres: Postgres) -> None:
    await library.hold(entry("mill"), Gone("old", 2), Gone("new", 2))
    await postgres.execute("update documents set gone = now() - interval '25 hours' where id = 'old'")
    assert (await library.index.tidy()).count == 1
    assert await postgres.execute("select id from documents order by id") == [("mill",), ("new",)]


async def test_words_that_no_document_has_any_more_are_forgotten(library: Library, postgres: Postgres) -> None:
    await library.hold(entry("mill", text="wheel river", name=""), entry("sea", text="river", name=""))
    await library.hold(entry("other", owner="eve", text="wheel", name=""))
    await library.hold(Gone("mill", 2))
    await library.index.tidy()
    assert await postgres.execute("select owner, word from words order by owner") == [
        ("ada", "river"),
        ("eve", "wheel"),
    ]
    assert await library.ids("rivre", how=Match.CORRECTED) == {"sea"}
    assert (await library.index.tidy()).count == 0


async def test_words_are_kept_where_a_document_was_replaced_by_one_that_has_them(
    library: Library, postgres: Postgres
) -> None:
    await library.hold(entry("mill", title="river", text="wheel", name=""))
    await library.hold(entry("mill", version=2, tags=("river",), text="wheels", name=""))
    await library.index.tidy()
    assert await postgres.execute(WORDS) == [("river",), ("wheels",)]


async def test_nothing_to_tidy_is_nothing(library: Library) -> None:
    assert (await library.index.tidy()).count == 0
