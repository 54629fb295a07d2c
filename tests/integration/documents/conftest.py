"""The API with a real MongoDB, a real Redis and a real S3 server behind it, and two people who have signed in."""

from collections.abc import AsyncIterator, Iterator

import pytest

from shared.database import Database
from shared.redis import Redis
from shared.storage import Storage
from tests.conftest import Objects
from tests.integration.api.front import Front, Phone
from tests.integration.documents import files
from tests.integration.documents.as_told import as_told
from tests.support.open_storage import be_patient, open_storage


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    be_patient(monkeypatch)


@pytest.fixture
def bucket(objects: Objects) -> Iterator[Storage]:
    """Of one provider: what differs between the two is shown in test_claiming.py and in tests/integration/storage."""
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
async def front(database: Database, redis: Redis, bucket: Storage) -> Front:
    made = Front(database, redis)
    made.change(storage=bucket, upload_limits=files.LIMITS)
    made.looks.append(as_told(made.document))
    return made


@pytest.fixture
async def phone(front: Front) -> AsyncIterator[Phone]:
    async with front.browser() as browser:
        yield browser


@pytest.fixture
async def ada(front: Front, phone: Phone) -> dict[str, str]:
    return await front.signed_in(phone, "ada@example.com")


@pytest.fixture
async def eve(front: Front) -> AsyncIterator[dict[str, str]]:
    async with front.browser(address="203.0.113.9") as browser:
        yield await front.signed_in(browser, "eve@example.com")
