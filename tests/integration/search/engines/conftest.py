"""Each engine in turn, empty, on real stores. A test of this folder is a promise that all of them keep."""

import logging
from collections.abc import AsyncIterator

import pytest

from shared.clock import World
from shared.database import Database
from shared.search.index import SearchIndex
from shared.search.postgres.engine import PostgresIndex
from shared.search.tantivy.engine import TantivyIndex
from shared.threads import Threads
from tests.conftest import Objects
from tests.integration.search.engines.library import Library
from tests.support.open_storage import open_storage
from tests.support.postgres import Postgres

LOG = logging.getLogger("search")


@pytest.fixture
async def tantivy(database: Database, objects: Objects) -> AsyncIterator[SearchIndex]:
    threads = Threads()
    with open_storage(objects("tigris"), threads=threads) as storage:
        index = TantivyIndex(database, storage, threads, world=World(), log=LOG)
        yield index
        await index.close()


@pytest.fixture
async def in_postgres(database: Database, postgres: Postgres) -> AsyncIterator[SearchIndex]:
    index = PostgresIndex(postgres.url, database, world=World(), log=LOG)
    yield index
    await index.close()


@pytest.fixture(params=["tantivy", "in_postgres"], ids=["tantivy", "postgres"])
def engine(request: pytest.FixtureRequest) -> SearchIndex:
    made: SearchIndex = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def library(engine: SearchIndex) -> Library:
    return Library(engine)
