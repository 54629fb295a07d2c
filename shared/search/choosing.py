"""The one place that knows which engines there are."""

from collections.abc import Awaitable, Callable
from typing import Any

from shared.clock import World
from shared.config import SearchSettings
from shared.database import Database
from shared.search.index import SearchIndex
from shared.storage import Storage
from shared.threads import Threads


def search_index(
    settings: SearchSettings, database: Database, storage: Storage, threads: Threads, *, world: World, log: Any
) -> SearchIndex:
    """Opens no connection and touches no disk."""
    if settings.search_engine == "postgres":
        from shared.search.postgres.engine import PostgresIndex

        return PostgresIndex(settings.search_database_url, database, world=world, log=log)
    from shared.search.tantivy.engine import TantivyIndex

    return TantivyIndex(database, storage, threads, world=world, log=log)


def search_probe(settings: SearchSettings, database: Database, storage: Storage) -> Callable[[], Awaitable[None]]:
    """One cheap look at what the index is made of, that raises where the index can't be read."""
    if settings.search_engine == "postgres":
        from shared.search.postgres.probing import probe as postgres

        return postgres(settings.search_database_url)
    from shared.search.tantivy.probing import probe as tantivy

    return tantivy(database, storage)
