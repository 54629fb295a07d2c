"""The API with every job's contract, on real servers, and one of everything in it that is Ada's."""

from collections.abc import AsyncIterator, Iterator

import pytest

from functions.registry import contracts
from shared.database import Database
from shared.enqueue import Enqueuer
from shared.redis import Redis
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.api.front import Front
from tests.integration.api.listed_index import ListedIndex
from tests.integration.documents import files
from tests.security.touching.scene import Scene, set_up
from tests.support.open_storage import be_patient, open_storage


@pytest.fixture
def bucket(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    be_patient(monkeypatch)
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
def index() -> ListedIndex:
    return ListedIndex()


@pytest.fixture
def front(database: Database, redis: Redis, bucket: Storage, index: ListedIndex) -> Front:
    made = Front(database, redis)
    enqueuer = Enqueuer(database, made.publisher, contracts(), made.services.world)
    made.change(storage=bucket, upload_limits=files.LIMITS, enqueuer=enqueuer, index=index)
    return made


@pytest.fixture
async def scene(front: Front, index: ListedIndex) -> AsyncIterator[Scene]:
    async with front.browser() as phone:
        made = await set_up(front, phone)
        index.ids = [made.names["document_id"]]
        yield made
