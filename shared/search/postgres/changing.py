"""One change: rows of a batch are written, each only over an older one, and then the documents are marked.

Why an older state can't overwrite a newer one: a row says which version it is, and a writer replaces none that is
newer than what it brings. In which order writers have read the documents does not matter therefore.

Why a mark is true: it comes after the commit, so the row is of that version or, if it could not be replaced, of a newer
one. A tombstone is a row as well, and stays for a day after its death (tidying.py): a writer that has read the document
before it was deleted can't bring it back.

    dies before the commit              nothing has happened
    the commit's answer is lost         written again: the same version replaces itself
    dies between commit and mark        the document is still in the backlog: written again, and marked
    A reads 3, B reads and writes 4     A's row is refused; its mark of 3 changes nothing, or is true: 4 is there
    A reads 3, B writes its death, 4    refused by the tombstone

A row can be of a version that its record never had, when MongoDB was restored from a backup: it would refuse whatever
comes. So where a row is refused, the record is read once more, later than the row: a version only grows, so that a row
which is still ahead of it is of a past that is lost. It is taken away, the document not marked, and it waits on.
"""

from collections.abc import Collection, Sequence
from typing import Final

from shared.database import Database, reachable
from shared.documents import backlog
from shared.search.model import Entry, Gone, State
from shared.search.postgres.connecting import Connection, Connections
from shared.search.postgres.rows import RAISE, Rows

HELD: Final = "select id, version from documents where id = any($1)"
FORGET: Final = """
delete from documents using unnest($1::text[], $2::bigint[]) as lost (id, version)
where documents.id = lost.id and documents.version = lost.version
"""


async def bring(connections: Connections, database: Database, states: Sequence[State]) -> Sequence[State]:
    """Those that the index holds now, as they are or newer: they are marked."""
    entries = [state for state in states if isinstance(state, Entry)]
    rows = Rows(entries, [state for state in states if isinstance(state, Gone)])
    refused = await connections.write(rows.write)
    lost = await _of_a_lost_past(connections, database, refused) if refused else frozenset[str]()
    brought = [state for state in states if state.id not in lost]
    async with reachable():
        await backlog.mark(database, {state.id: state.version for state in brought})
    return brought


async def _of_a_lost_past(connections: Connections, database: Database, ids: Collection[str]) -> frozenset[str]:
    async def ask(connection: Connection) -> dict[str, int]:
        return {record["id"]: record["version"] for record in await connection.fetch(HELD, sorted(ids))}

    held = await connections.read(ask)
    async with reachable():
        found = database.documents.find({"_id": {"$in": sorted(held)}}, {"version": 1})
        records = {record["_id"]: record["version"] for record in await found.to_list(None)}
    lost = {name: held[name] for name, version in records.items() if held[name] > version}

    async def forget(connection: Connection) -> None:
        await connection.execute(RAISE)
        await connection.execute(FORGET, list(lost), list(lost.values()))

    if lost:
        await connections.write(forget)
    return frozenset(lost)
