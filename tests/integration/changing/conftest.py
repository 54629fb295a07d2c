"""A deployment that a test may change while its load goes on."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.local.qstash.settings import DEVELOPMENT_TOKEN
from shared.config import RedisSettings
from shared.database import Database
from tests.integration.changing.deployment import Deployment, deployed
from tests.integration.qstash.server import Server

RETRIES = 2
"""A message's, so that QStash gives up soon and the rest is the failure callback's and the relay's."""
SCALE = 50


@pytest.fixture(scope="session")
def qstash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("qstash")
    with Server(folder, "--time-scale", str(SCALE), "--max-retries", str(RETRIES)).running() as server:
        yield server


@pytest.fixture
def environment(mongodb_uri: str, empty_redis: RedisSettings, database: Database, qstash: Server) -> dict[str, str]:
    """What the stage file is given; the signing keys are those that earlier tests have left."""
    keys, nowhere = qstash.call("GET", "/v2/keys").json(), "http://127.0.0.1:9"
    return {
        "QSTASH_CURRENT_SIGNING_KEY": keys["current"],
        "QSTASH_NEXT_SIGNING_KEY": keys["next"],
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database.name,
        "UPSTASH_REDIS_REST_URL": empty_redis.upstash_redis_rest_url,
        "UPSTASH_REDIS_REST_TOKEN": empty_redis.upstash_redis_rest_token.get_secret_value(),
        "QSTASH_URL": qstash.url,
        "QSTASH_TOKEN": DEVELOPMENT_TOKEN,
        "QSTASH_MAX_RETRIES": str(RETRIES),
        "STORAGE_ENDPOINT": nowhere,
        "RESEND_API_URL": nowhere,
        "AI_URL": nowhere,
    }


@pytest.fixture
async def one(
    tmp_path: Path, database: Database, qstash: Server, environment: dict[str, str]
) -> AsyncIterator[Deployment]:
    """All functions in version one."""
    async with deployed(tmp_path, "one", database=database, qstash=qstash, environment=environment) as made:
        yield made
