"""What tests of several folders share in a process: the local language model, and the artifacts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.ai_server import AiServer, running

if TYPE_CHECKING:
    from infra.local.built import Built


@pytest.fixture(scope="session")
def ai_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AiServer]:
    with running(tmp_path_factory.mktemp("ai")) as server:
        yield server


@pytest.fixture
def ai(ai_server: AiServer) -> AiServer:
    """Without orders, and not asked yet."""
    ai_server.clear()
    return ai_server


@pytest.fixture(scope="session")
def built() -> "Built":
    """What is deployed, for this machine's kind of processor; or, where the deployed Python is not, for this one.

    In .local/artifacts: what has not changed since the last build is not built again.
    """
    from infra.local.built import built_for_this_machine  # here, for few tests need it

    return built_for_this_machine(lambda _: None)
