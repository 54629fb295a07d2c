"""The real server as a process of its own, a destination that records what it gets, and the official SDK's clients."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from qstash import AsyncQStash, QStash, Receiver

from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY, DEVELOPMENT_NEXT_KEY, DEVELOPMENT_TOKEN
from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server

# QStash's first back-off of 12 s passes in 61 ms, its dedup window in three seconds, a cron's minute in 0.3 s.
TIME_SCALE = 200


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("qstash"), "--time-scale", str(TIME_SCALE)).running() as server:
        yield server


@pytest.fixture(scope="session")
def free_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the limits of a free account that allows two retries."""
    folder = tmp_path_factory.mktemp("qstash-free")
    with Server(folder, "--free-plan", "--max-retries", "2").running() as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """Not started yet: for tests that choose its options, kill it, or start it again."""
    server = Server(tmp_path / "state")
    yield server
    server.kill()


@pytest.fixture
def destination() -> Iterator[Destination]:
    with Destination().listening() as destination:
        yield destination


@pytest.fixture
def client(server: Server) -> Iterator[QStash]:
    client = QStash(DEVELOPMENT_TOKEN, base_url=server.url, retry=False)
    yield client
    client.http._client.close()


@pytest.fixture
async def async_client(server: Server) -> AsyncIterator[AsyncQStash]:
    client = AsyncQStash(DEVELOPMENT_TOKEN, base_url=server.url, retry=False)
    yield client
    await client.http._client.aclose()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver(current_signing_key=DEVELOPMENT_CURRENT_KEY, next_signing_key=DEVELOPMENT_NEXT_KEY)
