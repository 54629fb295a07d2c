"""The API on the real store, with Redis's real servers behind its rate limits, and QStash played by the test."""

from collections.abc import AsyncIterator

import pytest

from shared.database import Database
from shared.redis import Redis
from tests.integration.api.front import Front, Phone


@pytest.fixture
async def front(database: Database, redis: Redis) -> Front:
    return Front(database, redis)


@pytest.fixture
async def phone(front: Front) -> AsyncIterator[Phone]:
    """A browser that has called nothing yet."""
    async with front.browser() as browser:
        yield browser


@pytest.fixture
async def laptop(front: Front) -> AsyncIterator[Phone]:
    """Another one."""
    async with front.browser() as browser:
        yield browser
