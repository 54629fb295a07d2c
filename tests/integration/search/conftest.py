"""The second engine's server: one for all tests of a process."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.postgres import Postgres, running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture
async def postgres(postgres_server: Postgres) -> AsyncIterator[Postgres]:
    """It holds nothing of ours yet."""
    yield postgres_server
    await postgres_server.clear()
