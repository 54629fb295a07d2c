"""A Redis of each test's own, seen by callers whose clocks the test sets, beside the library as it is sold."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from shared.config import RedisSettings
from tests.integration.rate_limits.callers import Callers


@pytest.fixture
async def callers(empty_redis: RedisSettings) -> AsyncIterator[Callers]:
    async with AsyncExitStack() as stack:
        yield Callers(empty_redis, stack)


@pytest.fixture
def in_one_window() -> None:
    """Waits where a window of ten minutes or an hour is about to end: the test counts on being in one."""
    left = 600 - time.time() % 600
    if left < 15:
        time.sleep(left)
