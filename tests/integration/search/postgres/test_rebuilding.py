"""Made anew from a source, while searches and changes go on."""

from collections.abc import AsyncIterator, Collection, Sequence

from shared.database import Database
from shared.search.index import Known
from shared.search.model import Entry, Gone, State
from shared.search.postgres.schema import FAMILY
from tests.integration.search.engines.library import Library, entry
from tests.support.documents import keep
from tests.support.postgres import Postgres


class Records:
    """A source by hand. `late` come to be while the rebuild is under way, and are indexed by somebody else."""

    def __init__(self, *states: State, library: Library | None = None, late: Sequence[Entry] = ()) -> None:
        self._states = {state.id: state for state in states}
        self._library = library
        self._late = late

    async def known(self) -> AsyncIterator[Sequence[Known]]:
        ids = sorted(self._states)
        for at in range(0, len(ids), 40):
            page = [self._states[name] for name in ids[at : at + 40]]
            yield [Known(state.id, state.version, gone=isinstance(state, Gone)) for state in page]
            if self._library is not None:
                self._states |= {late.id: late for late in self._late}
                await self._library.hold(*self._late)

    async def states(self, ids: Collection[str]) -> Sequence[State]:
        return [self._states[name] for name in ids if name in self._states]


async def test_it_brings_in_what_is_missing_and_takes_out_what_has_no_record(
    library: Library, database: Database
) -> None:
    await keep(database, "d001", version=3, indexed_version=0, unindexed_since=1)
    await library.hold(*(entry(f"x{number:03}", text="stranger") for number in range(70)))
    await library.hold(entry("deleted", text="wheel"), entry("a", text="stranger"))
    made = [entry(f"d{number:03}", version=3, text="wheel") for number in range(130)]
    told: list[int] = []
    await library.index.rebuild(Records(*made, Gone("deleted", 2)), told.append)
    for words in ("wheel", ""):
        found = await library.found(words, limit=500)
        assert {hit.id for hit in found.hits} == {one.id for one in made}
    assert told == sorted(told)
    assert told[-1] == len(made)
    record = await database.documents.find_one({"_id": "d001"}) or {}
    assert (record["indexed_version"], "unindexed_since" in record) == (3, False)


async def test_a_row_of_the_same_version_is_written_anew(library: Library, postgres: Postgres) -> None:
    """A rebuild is for when the rules have changed."""
    await library.hold(entry("mill", text="wheel"))
    await postgres.execute("update documents set words = ''")
    assert await library.ids("wheel") == set()
    await library.index.rebuild(Records(entry("mill", text="wheel")), lambda _: None)
    assert await library.ids("wheel") == {"mill"}


async def test_what_comes_to_be_meanwhile_stays(library: Library) -> None:
    late = [entry("b", text="wheel"), entry("z", text="wheel"), entry("mill", version=2, text="wheel")]
    source = Records(entry("a"), entry("mill"), library=library, late=late)
    await library.index.rebuild(source, lambda _: None)
    assert await library.ids("wheel") == {"b", "z", "mill"}


async def test_it_drops_the_schemas_of_earlier_revisions(library: Library, postgres: Postgres) -> None:
    await postgres.execute(f"create schema {FAMILY}0")
    await library.index.rebuild(Records(), lambda _: None)
    assert await postgres.execute("select from pg_namespace where nspname = $1", f"{FAMILY}0") == []


async def test_it_begins_with_nothing(library: Library) -> None:
    await library.index.rebuild(Records(), lambda _: None)
    await library.index.rebuild(Records(entry("mill", text="wheel")), lambda _: None)
    assert await library.ids("wheel") == {"mill"}
