"""One server a session, in a process of its own."""

from collections.abc import Iterator

import pytest

from tests.support.ai_server import AiServer, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AiServer]:
    with running(tmp_path_factory.mktemp("ai")) as started:
        yield started


@pytest.fixture
def ai(server: AiServer) -> AiServer:
    server.clear()
    return server
