"""A stage of this test's own on real servers: nothing has been made of it yet."""

from collections.abc import AsyncIterator, Iterator
from secrets import token_hex

import pytest
from pydantic import SecretStr
from qstash import QStash

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import Database, connect
from tests.conftest import Objects
from tests.integration.bootstrap.ground import Ground, opened
from tests.integration.qstash.server import Server

SCHEDULED = ("relay_jobs", "sync_search", "check_health", "cleanup_blobs")


@pytest.fixture(scope="session")
def qstash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("qstash")).running() as server:
        yield server


@pytest.fixture(scope="session")
def resend_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("resend")
    command = processes.module("infra.local.resend", "--state", str(folder), "--rate", "0")
    child = processes.start("resend", command, log_dir=folder)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture
async def stage(mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    """The stage's MongoDB has what is declared; nobody else's test is held to its rules."""
    settings = MongoSettings(
        stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=f"stage_{token_hex(6)}"
    )
    made = connect(settings)
    await ensure(made)
    for name, value in {"STAGE": "local", "MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": made.name}.items():
        monkeypatch.setenv(name, value)
    yield made
    await made.client.drop_database(made.name)
    made.client.close()


@pytest.fixture
async def ground(
    stage: Database, qstash: Server, resend_url: str, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Ground]:
    """Bucket, schedules and webhook are to be made."""
    name = token_hex(6)
    storage = objects("tigris")
    named = {
        "QSTASH_URL": qstash.url,
        "QSTASH_TOKEN": DEVELOPMENT_TOKEN,
        "RESEND_API_URL": resend_url,
        "RESEND_API_KEY": "re_local_key",
        "APP_URL": f"http://{name}.localhost:1/",
        "CORS_ORIGINS": "https://a.example, https://b.example",
        "STORAGE_PROVIDER": "tigris",
        "STORAGE_ENDPOINT": storage.storage_endpoint,
        "STORAGE_BUCKET": f"bucket-{name}",
        "STORAGE_ACCESS_KEY_ID": storage.storage_access_key_id,
        "STORAGE_SECRET_ACCESS_KEY": storage.storage_secret_access_key.get_secret_value(),
        "UPSTASH_REDIS_REST_URL": "http://127.0.0.1:1",
        "AI_URL": "http://127.0.0.1:1",
        **{f"JOB_URL_{job.upper()}": f"http://{name}.localhost:1/{job}" for job in SCHEDULED},
    }
    monkeypatch.delenv("COLUMNS", raising=False)
    for variable, value in named.items():
        monkeypatch.setenv(variable, value)
    account = QStash(DEVELOPMENT_TOKEN, base_url=qstash.url, retry=False)
    with opened(stage, account, storage, f"bucket-{name}", f"http://{name}.localhost:1/webhooks/resend") as made:
        yield made
    for schedule in account.schedule.list():
        account.schedule.delete(schedule.schedule_id)
    account.http._client.close()
