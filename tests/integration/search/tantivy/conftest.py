"""An index on a real MongoDB and a real S3 server, and the processes that write and read it."""

from collections.abc import AsyncIterator

import pytest

from shared.database import Database
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.search.tantivy.place import Place
from tests.support.open_storage import open_storage


@pytest.fixture
async def place(database: Database, objects: Objects) -> AsyncIterator[Place]:
    with open_storage(objects("tigris")) as storage:
        made = Place(database, storage)
        yield made
        await made.close()


@pytest.fixture
async def both_providers(database: Database, storage: Storage) -> AsyncIterator[Place]:
    made = Place(database, storage)
    yield made
    await made.close()
