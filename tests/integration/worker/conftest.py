"""A worker whose child is tests/integration/worker/strange.py."""

from collections.abc import AsyncIterator

import pytest

from shared.worker import Limits, Worker

STRANGE = "tests.integration.worker.strange"
MEMORY = 500_000_000
LARGEST_FILE = 100_000


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker(STRANGE, Limits(memory=MEMORY, file_size=LARGEST_FILE))
    yield made
    await made.close()
