"""Whether the index can be read: its generation is there, and so is a pack that it names. Nothing is fetched."""

from collections.abc import Awaitable, Callable

from shared.database import Database
from shared.search.index import Damaged
from shared.search.tantivy import generations
from shared.storage import Storage
from shared.storage.errors import Missing


def probe(database: Database, storage: Storage) -> Callable[[], Awaitable[None]]:
    """Where nothing was indexed yet there is nothing to miss. Raises Damaged, DependencyDown."""

    async def look() -> None:
        generation = await generations.read(database)
        if generation is None or not generation.packs:
            return
        try:
            await storage.head(max(generation.packs))
        except Missing:
            raise Damaged("a pack of the search index is gone") from None

    return look
