"""Takes out what nobody can need any more: old tombstones, and words that no document of their owner has.

A tombstone stands against writers that had read the document before it was deleted: none lives for a day.
"""

from functools import partial
from typing import Final

from shared.search.index import Tidied
from shared.search.postgres.connecting import Connection, Connections
from shared.search.postgres.lexemes import LETTERS
from shared.search.postgres.rows import RAISE

OWNERS: Final = 100
"""Whose words are looked through in one turn."""
TOMBSTONES: Final = "delete from documents where gone < now() - interval '1 day'"
STALE: Final = "select owner from stale order by owner limit $1"
FRESH: Final = "delete from stale where owner = $1"
WORDS: Final = """
with there as materialized (
    select distinct substr(lexeme, 2) as word from documents, unnest(words)
    where owner = $1 and gone is null and left(lexeme, 1) = any($2)
)
delete from words where owner = $1 and not exists (select from there where there.word = words.word)
"""


async def tidy(connections: Connections) -> Tidied:

    async def owners(connection: Connection) -> list[str]:
        return [record["owner"] for record in await connection.fetch(STALE, OWNERS)]

    removed = await connections.write(_tombstones)
    for owner in await connections.read(owners):
        removed += await connections.write(partial(_words, owner=owner))
    return Tidied(removed)


async def _tombstones(connection: Connection) -> int:
    return _count(await connection.execute(TOMBSTONES))


async def _words(connection: Connection, owner: str) -> int:
    """No writer is in meanwhile: one that adds a document would find its words there, and then they would go."""
    await connection.execute(RAISE)
    await connection.execute(FRESH, owner)
    return _count(await connection.execute(WORDS, owner, list(LETTERS.values())))


def _count(status: str) -> int:
    """Of `DELETE 3`."""
    return int(status.rpartition(" ")[2])
