"""The job with a real MongoDB, a real S3 server and the engine that the bundle has by default."""

from collections.abc import AsyncIterator

import pytest

from shared.database import Database
from tests.conftest import Objects
from tests.integration.sync_search.bench import Bench
from tests.support.open_storage import open_storage


@pytest.fixture
async def bench(database: Database, objects: Objects) -> AsyncIterator[Bench]:
    with open_storage(objects("tigris")) as storage:
        made = Bench(database, storage)
        yield made
        await made.index.close()
