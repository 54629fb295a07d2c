"""QStash as a local server, a destination that keeps what it is sent, and our publisher between them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.config import PublishSettings
from shared.qstash_publisher import QStashPublisher
from tests.integration.qstash.destination import Destination

Publishing = Callable[..., QStashPublisher]


@pytest.fixture(scope="session")
def qstash_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("qstash")
    command = processes.module("infra.local.qstash", "--state", str(folder / "state"), "--time-scale", "100")
    child = processes.start("qstash", command, log_dir=folder)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture
def destination() -> Iterator[Destination]:
    with Destination().listening() as destination:
        yield destination


@pytest.fixture
def settings(qstash_url: str, destination: Destination) -> PublishSettings:
    return PublishSettings(
        stage="local",
        qstash_url=qstash_url,
        qstash_token=SecretStr(DEVELOPMENT_TOKEN),
        qstash_max_retries=2,
        failure_callback_url=destination.url("/failed"),
    )


@pytest.fixture
async def publishing(settings: PublishSettings) -> AsyncIterator[Publishing]:
    """Makes publishers, and closes them: a Lambda never does."""
    made: list[QStashPublisher] = []

    def make(urls: Mapping[str, str], **changed: Any) -> QStashPublisher:
        made.append(QStashPublisher(settings.model_copy(update=changed), urls))
        return made[-1]

    yield make
    for publisher in made:
        await publisher.aclose()


@pytest.fixture
def publisher(publishing: Publishing, destination: Destination) -> QStashPublisher:
    return publishing({"say": destination.url("/say")})
