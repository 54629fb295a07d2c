"""A bucket for these tests alone: they list all of it, and call what is there orphaned."""

from collections.abc import AsyncIterator

import pytest

from infra.local.servers import bucket
from shared.config import StorageSettings
from shared.database import Database
from shared.storage.keys import fits
from tests.conftest import Objects
from tests.integration.cleanup_blobs.bench import Bench
from tests.support.open_storage import be_patient, open_storage

NAME = "millrace-cleanup"


@pytest.fixture(scope="session")
def yard(objects: Objects) -> StorageSettings:
    endpoint = objects("tigris").storage_endpoint
    bucket.make(endpoint, {"STORAGE_BUCKET": NAME})
    return bucket.settings(endpoint, name=NAME)


@pytest.fixture
async def bench(database: Database, yard: StorageSettings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    be_patient(monkeypatch)
    with open_storage(yard) as storage:
        made = Bench(database, storage)
        yield made
        left = await made.there()
        await storage.delete([key for key in left if fits(key)])
        for key in left:
            if not fits(key):
                storage._calls.client.delete_object(Bucket=NAME, Key=key)
        for upload in (await storage.multipart.page())[0]:
            await storage.multipart.abort(upload)
