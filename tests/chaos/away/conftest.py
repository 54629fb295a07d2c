"""The services of one test process, and a scene for each test."""

from collections.abc import Iterator
from pathlib import Path
from secrets import randbelow

import pytest

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.stack import AI_KEY
from shared.config import RedisSettings
from tests.chaos.away.bundle import VARIABLES, sandboxes
from tests.chaos.away.outside import Outside
from tests.chaos.away.scene import Scene
from tests.conftest import Objects
from tests.support.databases import Databases


@pytest.fixture(scope="session")
def qstash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("away-qstash")
    command = processes.module("infra.local.qstash", "--state", str(folder / "state"), "--time-scale", "100")
    child = processes.start("qstash", command, log_dir=folder)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture(scope="session")
def resend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("away-resend")
    command = processes.module("infra.local.resend", "--state", str(folder / "state"), "--rate", "0")
    child = processes.start("resend", command, log_dir=folder)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture(scope="session")
def ai(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("away-ai")
    child = processes.start("ai", processes.module("infra.local.ai", "--key", AI_KEY), log_dir=folder)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model may take a minute for an answer; here it has it in seconds, or not at all."""
    monkeypatch.setattr("shared.ai.bedrock.LIMIT", 5.0)
    monkeypatch.setattr("shared.ai.bedrock.PATIENCE", 5.0)


@pytest.fixture
def scene(
    mongodb_uri: str,
    databases: Databases,
    empty_redis: RedisSettings,
    qstash: str,
    resend: str,
    *,
    ai: str,
    objects: Objects,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Scene]:
    monkeypatch.delenv("DELIVERY_URL", raising=False)
    redis = empty_redis.upstash_redis_rest_url
    storage = objects("tigris").storage_endpoint
    hosted = {"redis": redis, "qstash": qstash, "resend": resend, "storage": storage, "ai": ai}
    services = {"mongodb": mongodb_uri, **hosted}
    with Outside.opened(services) as outside:
        database = outside.run(databases.take())
        environment = {
            **{VARIABLES[service]: door.address for service, door in outside.doors.items()},
            "MONGODB_DATABASE": database.name,
            "UPSTASH_REDIS_REST_TOKEN": empty_redis.upstash_redis_rest_token.get_secret_value(),
            "QSTASH_TOKEN": DEVELOPMENT_TOKEN,
        }
        client = f"198.51.{randbelow(250)}.{randbelow(250)}"
        try:
            with sandboxes(environment, outside.slot) as functions:
                yield Scene(functions, outside, database, resend, client)
        finally:
            outside.run(databases.leave(database))
