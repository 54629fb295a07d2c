"""The API and the job on a real MongoDB, a real Redis and a real S3 server, with the search index beside them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.database import Database
from shared.redis import Redis
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.erase_user.bench import Bench
from tests.support.open_storage import be_patient, open_storage


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    be_patient(monkeypatch)


@pytest.fixture
def bucket(objects: Objects) -> Iterator[Storage]:
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
async def bench(database: Database, redis: Redis, bucket: Storage) -> AsyncIterator[Bench]:
    made = Bench(database, redis, bucket)
    yield made
    await made.search.index.close()
