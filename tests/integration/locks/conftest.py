"""Locks on a real Redis, and on one whose answers can be lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.clock import World
from shared.config import RedisSettings
from shared.locks import Locks
from shared.redis import Redis
from tests.integration.locks.faulty import Faulty, faulty_client


@pytest.fixture
async def faulty(empty_redis: RedisSettings) -> AsyncIterator[Faulty]:
    async with faulty_client(empty_redis) as client:
        yield client


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release is not given up because the machine stood still."""
    monkeypatch.setattr("shared.locks.locks.RELEASE_WITHIN", 20)


@pytest.fixture
def locks(redis: Redis) -> Locks:
    return Locks(redis, World())


@pytest.fixture
def faulty_locks(faulty: Faulty) -> Locks:
    return Locks(faulty.redis, World())


@pytest.fixture
def busy_world() -> World:
    """Its keepers renew all the time, and not at each third of a lease."""

    async def soon(_: float) -> None:
        await asyncio.sleep(0.01)

    return World(sleep=soon)
