"""A client of Redis that goes through a proxy which can spoil an exchange."""

from collections.abc import AsyncIterator

import pytest

from shared.config import RedisSettings
from tests.integration.locks.faulty import Faulty, faulty_client


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is not kept because the machine stood still."""
    monkeypatch.setattr("shared.bulkheads.GIVE_BACK_WITHIN", 20)


@pytest.fixture
async def faulty(empty_redis: RedisSettings) -> AsyncIterator[Faulty]:
    async with faulty_client(empty_redis) as client:
        yield client
