"""The local language model: one server for all tests of a process."""

from collections.abc import Iterator

import pytest

from tests.support.ai_server import AiServer, running


@pytest.fixture(scope="session")
def ai_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AiServer]:
    with running(tmp_path_factory.mktemp("ai")) as server:
        yield server


@pytest.fixture
def ai(ai_server: AiServer) -> AiServer:
    """Without orders, and not asked yet."""
    ai_server.clear()
    return ai_server
