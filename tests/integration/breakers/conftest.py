"""A real Redis of this test process's own, without the REST server before it."""

from collections.abc import Iterator

import pytest
import redis as redis_py

from infra.local.guard import LOOPBACK
from infra.local.servers import redis as valkey


@pytest.fixture(scope="session")
def bare_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis_py.Redis]:
    folder = tmp_path_factory.mktemp("bare_redis")
    running = valkey.start(folder / "redis", log_dir=folder)
    client = redis_py.Redis(host=LOOPBACK, port=running.port, decode_responses=True)
    yield client
    client.close()
    running.kill()


@pytest.fixture
def server(bare_redis: redis_py.Redis) -> redis_py.Redis:
    """Holding nothing."""
    bare_redis.flushall()
    return bare_redis
