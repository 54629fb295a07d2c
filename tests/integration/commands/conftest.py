"""The commands as a person types them, on a stage of this test's own: a real MongoDB, and our QStash."""

from collections.abc import Iterator

import pytest

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.database import Database
from tests.integration.commands.typed import Typed
from tests.integration.qstash.destination import Destination
from tests.integration.qstash.server import Server


@pytest.fixture(scope="session")
def qstash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("qstash")).running() as server:
        yield server


@pytest.fixture
def destination() -> Iterator[Destination]:
    """Where the functions would be: it takes what it is sent, and does nothing."""
    with Destination().listening() as made:
        yield made


@pytest.fixture
def stage(
    database: Database, mongodb_uri: str, qstash: Server, destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """The local stage, named by the environment: no stack that may run beside the tests is meant."""
    named = {
        "STAGE": "local",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "QSTASH_URL": qstash.url,
        "QSTASH_TOKEN": DEVELOPMENT_TOKEN,
        "FAILURE_CALLBACK_URL": destination.url("/record_failure"),
        "JOB_URL_SEND_EMAIL": destination.url("/send_email"),
    }
    for name in ("UPSTASH_REDIS_REST_URL", "STORAGE_ENDPOINT", "RESEND_API_URL", "AI_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return Typed(database)
