"""Every service that is probed, as a real local server; the probes as they are wired, wherever the test points them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from infra.local.servers import bucket
from shared.config import RedisSettings
from shared.database import Database
from tests.conftest import REDIS_TOKEN, Objects
from tests.integration.check_health.ground import RESEND_KEY, Ground
from tests.support.ai_server import KEY as AI_KEY
from tests.support.ai_server import AiServer


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """QStash and Resend, of this test process's own."""
    folder: Path = tmp_path_factory.mktemp("hosted")
    options: Mapping[str, Sequence[str]] = {"qstash": [], "resend": ["--api-key", RESEND_KEY, "--rate", "0"]}
    children = {
        name: processes.start(
            name,
            processes.module(f"infra.local.{name}", "--state", str(folder / name), *more),
            log_dir=folder,
        )
        for name, more in options.items()
    }
    yield {name: f"http://{LOOPBACK}:{child.port}" for name, child in children.items()}
    for child in children.values():
        child.stop()


@pytest.fixture
def ground(  # noqa: PLR0917 - one of each service
    database: Database,
    mongodb_uri: str,
    empty_redis: RedisSettings,
    hosted: Mapping[str, str],
    objects: Objects,
    ai: AiServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Ground:
    environment = {
        "STAGE": "local",
        "MONGODB_URI": f"{mongodb_uri}/?directConnection=true",
        "MONGODB_DATABASE": database.name,
        "UPSTASH_REDIS_REST_URL": empty_redis.upstash_redis_rest_url,
        "UPSTASH_REDIS_REST_TOKEN": REDIS_TOKEN,
        "QSTASH_URL": hosted["qstash"],
        "QSTASH_TOKEN": DEVELOPMENT_TOKEN,
        "FAILURE_CALLBACK_URL": "http://callback",
        "RESEND_API_URL": hosted["resend"],
        "RESEND_API_KEY": RESEND_KEY,
        "MAIL_FROM": "Mill <mill@race.dev>",
        "STORAGE_PROVIDER": "tigris",
        "STORAGE_ENDPOINT": objects("tigris").storage_endpoint,
        "STORAGE_BUCKET": bucket.NAME,
        "STORAGE_ACCESS_KEY_ID": bucket.ACCESS_KEY,
        "STORAGE_SECRET_ACCESS_KEY": bucket.SECRET_KEY,
        "AI_PROVIDER": "bedrock",
        "AI_MODEL": "local-model",
        "AI_URL": ai.url,
        "AI_REGION": "eu-central-1",
        "AI_KEY": AI_KEY,
        "AI_TOKENS_A_DAY": "1000",
        "SEARCH_ENGINE": "tantivy",
        "ALERT_WEBHOOK_URL": "https://hooks.race.dev/health",
        "ALERT_WEBHOOK_SECRET": f"whsec_{secrets.token_urlsafe(24)}",
        "TIME_SCALE": "1",
    }
    return Ground(database, environment, monkeypatch)
