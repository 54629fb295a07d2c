"""The API on the real store, with Redis's real servers behind its rate limits, and QStash played by the test."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.servers import redis
from shared.config import RedisSettings
from shared.database import Database
from shared.redis import connect
from tests.integration.api.front import Front, Phone

TOKEN = "local-token"


@pytest.fixture(scope="session")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Upstash's REST server, by its URL."""
    directory = tmp_path_factory.mktemp("upstash")
    behind = redis.start(directory / "redis", log_dir=directory)
    argv = processes.module("infra.local.upstash", "--redis", behind.address, "--token", TOKEN)
    child = processes.start("upstash", argv, log_dir=directory)
    yield f"http://127.0.0.1:{child.port}"
    child.stop()
    behind.kill()


@pytest.fixture
def counted(rest: str) -> RedisSettings:
    """Redis with nothing counted yet."""
    httpx.post(rest, json=["FLUSHALL"], headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False)
    return RedisSettings(stage="local", upstash_redis_rest_url=rest, upstash_redis_rest_token=SecretStr(TOKEN))


@pytest.fixture
async def front(database: Database, counted: RedisSettings) -> AsyncIterator[Front]:
    async with connect(counted) as client:
        yield Front(database, client)


@pytest.fixture
async def phone(front: Front) -> AsyncIterator[Phone]:
    """A browser that has called nothing yet."""
    async with front.browser() as browser:
        yield browser


@pytest.fixture
async def laptop(front: Front) -> AsyncIterator[Phone]:
    """Another one."""
    async with front.browser() as browser:
        yield browser
