"""Makes the index anew from its source, row by row, while searches and changes go on.

Every document is written once more, over a row of its own version too, because rules may have changed. What the index
holds beyond that is looked at range by range of ids: the page of records is older than the rows it is compared with, so
whatever seems to have no record is asked for again before it goes.
"""

from collections.abc import Collection, Sequence
from typing import Final

from shared.database import Database
from shared.search.index import Known, Source, Told
from shared.search.model import Gone, State
from shared.search.postgres.changing import bring
from shared.search.postgres.connecting import Connection, Connections
from shared.search.postgres.schema import drop_older

BATCH: Final = 50
"""Documents that are written at a time; their texts are in memory."""
LAST: Final = "\U0010ffff"
"""Above every id."""
HELD: Final = 'select id from documents where id > $1 and id <= $2 collate "C" and gone is null'


async def rebuild(connections: Connections, database: Database, source: Source, told: Told) -> None:
    """Raises DependencyDown; what was written till then stays, and it can be begun anew."""
    done = 0
    after = ""
    async for page in source.known():
        live = [known.id for known in page if not known.gone]
        for ids in _batches(live):
            await bring(connections, database, await source.states(ids))
            done += len(ids)
            told(done)
        await _without(connections, database, source, (after, page[-1].id), page)
        after = page[-1].id
    await _without(connections, database, source, (after, LAST), ())
    await connections.write(drop_older)


async def _without(
    connections: Connections, database: Database, source: Source, between: tuple[str, str], page: Sequence[Known]
) -> None:
    """Of these ids, only what has a record stays; one that the record says is deleted goes as well."""

    async def ask(connection: Connection) -> list[str]:
        return [record["id"] for record in await connection.fetch(HELD, *between)]

    live = {known.id for known in page if not known.gone}
    for ids in _batches([name for name in await connections.read(ask) if name not in live]):
        found = await source.states(ids)
        strangers = set(ids) - {state.id for state in found}
        await bring(connections, database, [*found, *_gone(strangers)])


def _gone(ids: Collection[str]) -> list[State]:
    return [Gone(name, 0) for name in sorted(ids)]


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[at : at + BATCH] for at in range(0, len(ids), BATCH)]
