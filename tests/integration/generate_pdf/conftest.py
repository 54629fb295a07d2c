"""The job on a real store, on a real S3 server of one provider, with a real typesetter."""

from collections.abc import AsyncIterator, Iterator

import pytest

from functions.generate_pdf.services import Services
from functions.generate_pdf.typesetting.budget import LIMITS
from shared.database import Database
from shared.storage import Storage
from shared.worker import Worker
from tests.conftest import Objects
from tests.integration.generate_pdf.bench import Bench
from tests.support.open_storage import LIMITS as CALLS
from tests.support.open_storage import open_storage


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of these tests is of a slow store, and the machine may stand still for seconds."""
    for limit in CALLS:
        monkeypatch.setattr(limit, 60.0)


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker("functions.generate_pdf.typesetting", LIMITS)
    yield made
    await made.close()


@pytest.fixture
def bucket(objects: Objects) -> Iterator[Storage]:
    """What differs between the providers is how a file is written once: test_repeats.py runs on both."""
    with open_storage(objects("tigris")) as made:
        yield made


@pytest.fixture
def bench(database: Database, bucket: Storage, worker: Worker) -> Bench:
    return Bench(database, Services(database, bucket, worker))
