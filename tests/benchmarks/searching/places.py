"""Where the indexes live: the two engines side by side, on the stores of the run, both of them empty."""

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from shared.clock import World
from shared.collections import ensure
from shared.config import MongoSettings, StorageSettings
from shared.database import Database, connect
from shared.search.index import SearchIndex
from shared.search.postgres.engine import PostgresIndex
from shared.search.postgres.schema import SCHEMA
from shared.search.tantivy.engine import TantivyIndex
from shared.storage import Storage
from shared.threads import Threads
from tests.support.memory.grown import environment
from tests.support.open_storage import open_storage
from tests.support.postgres import Postgres

LOG: Final = logging.getLogger("search")


@dataclass(frozen=True, slots=True)
class Stores:
    mongodb: str
    objects: StorageSettings
    postgres: Postgres


@dataclass(frozen=True, slots=True)
class Place:
    """`ours` and `postgres` are the process's that writes."""

    stores: Stores
    database: Database
    storage: Storage
    ours: TantivyIndex
    postgres: PostgresIndex

    @property
    def engines(self) -> tuple[SearchIndex, SearchIndex]:
        return self.ours, self.postgres

    @asynccontextmanager
    async def readers(self) -> AsyncIterator[tuple[TantivyIndex, PostgresIndex]]:
        """Another process's, as far as the stores can tell."""
        ours, postgres = _ours(self.database, self.storage), _postgres(self.database, self.stores)
        try:
            yield ours, postgres
        finally:
            await ours.close()
            await postgres.close()

    async def settled(self) -> None:
        """PostgreSQL does this by itself, some time after much has changed."""
        await self.stores.postgres.execute(f"vacuum analyze {SCHEMA}.documents")

    def environment(self, engine: str) -> Mapping[str, str]:
        """Of a process that searches in this place."""
        both = environment(self.stores.objects, mongodb=self.stores.mongodb, database=self.database.name)
        url = self.stores.postgres.url.get_secret_value()
        return {**both, "SEARCH_ENGINE": engine, "SEARCH_DATABASE_URL": url}


@asynccontextmanager
async def place(stores: Stores) -> AsyncIterator[Place]:
    name = f"bench_{secrets.token_hex(6)}"
    uri = SecretStr(stores.mongodb)
    database = connect(MongoSettings(stage="local", mongodb_uri=uri, mongodb_database=name))
    async with AsyncExitStack() as leaving:
        leaving.callback(database.client.close)
        await ensure(database)
        leaving.push_async_callback(database.client.drop_database, name)
        storage = leaving.enter_context(open_storage(stores.objects))
        ours, postgres = _ours(database, storage), _postgres(database, stores)
        leaving.push_async_callback(stores.postgres.clear)
        leaving.push_async_callback(ours.close)
        leaving.push_async_callback(postgres.close)
        yield Place(stores, database, storage, ours, postgres)


def _ours(database: Database, storage: Storage) -> TantivyIndex:
    return TantivyIndex(database, storage, Threads(), world=World(), log=LOG)


def _postgres(database: Database, stores: Stores) -> PostgresIndex:
    return PostgresIndex(stores.postgres.url, database, world=World(), log=LOG)
