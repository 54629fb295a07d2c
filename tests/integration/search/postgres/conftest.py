"""The index in PostgreSQL, empty, and documents put into it by hand."""

import logging
from collections.abc import AsyncIterator

import pytest

from shared.clock import World
from shared.database import Database
from shared.search.postgres.engine import PostgresIndex
from tests.integration.search.engines.library import Library
from tests.support.postgres import Postgres


@pytest.fixture
async def index(database: Database, postgres: Postgres) -> AsyncIterator[PostgresIndex]:
    made = PostgresIndex(postgres.url, database, world=World(), log=logging.getLogger("search"))
    yield made
    await made.close()


@pytest.fixture
def library(index: PostgresIndex) -> Library:
    return Library(index)
