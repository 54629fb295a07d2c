"""One Valkey and one REST server in front of it for a session; every test finds the database empty."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis

from infra.local import processes
from infra.local.processes import Child
from infra.local.servers import redis

TOKEN = "local-token"


@dataclass(frozen=True, slots=True)
class Rest:
    child: Child
    behind: redis.Running

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.child.port}"


@pytest.fixture(scope="session")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rest]:
    directory = tmp_path_factory.mktemp("upstash")
    behind = redis.start(directory / "redis", log_dir=directory)
    argv = processes.module("infra.local.upstash", "--redis", behind.address, "--token", TOKEN)
    child = processes.start("upstash", argv, log_dir=directory)
    yield Rest(child, behind)
    child.stop()
    behind.kill()
    assert child.log.read_text().splitlines()[1:] == []  # nothing but the ready line: no traceback in any test


@pytest.fixture
def http(rest: Rest) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=rest.url, headers=headers, timeout=10, trust_env=False) as client:
        client.post("/", json=["FLUSHALL"])
        yield client


@pytest.fixture
def redis_client(http: httpx.Client) -> Iterator[Redis]:
    with Redis(str(http.base_url), TOKEN, rest_retries=0) as client:
        yield client


@pytest.fixture
async def async_redis(http: httpx.Client) -> AsyncIterator[AsyncRedis]:
    async with AsyncRedis(str(http.base_url), TOKEN, rest_retries=0) as client:
        yield client
