"""What every test may ask for: a real MongoDB-compatible server and a real Redis, with a fresh database on each."""

import gc
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import bucket, mongo
from infra.local.servers import objects as seaweed
from infra.local.servers import redis as valkey
from shared.breakers import LocalBreaker
from shared.config import RedisSettings, StorageSettings
from shared.database import Database
from shared.redis import Redis
from shared.storage import Storage
from tests.support.databases import Databases
from tests.support.once import read_once
from tests.support.open_storage import open_storage

ORIGIN = "http://localhost:3000"
"""Of the page whose browser may put and get objects."""
REDIS_TOKEN = "token-of-the-tests"
PATIENCE = 30.0
"""Seconds that a test's client waits, whose subject is not the waiting: the machine may stand still for a while."""

EXAMPLES = 100 if os.environ.get("MILLRACE_SOAK") else 20
"""Of each property that names no number of its own; the short form is fewer."""

settings.register_profile(
    "millrace", deadline=None, max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("millrace")


def pytest_configure() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and with it every process that the tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What the tests' modules hold lives to the end: the collector need not look through it again and again.

    The rest is looked through less often than by default, which takes a twentieth of all tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server that MONGODB_URI names, or one of our own for this test process."""
    if given := os.environ.get("MONGODB_URI"):
        yield given
        return
    folder: Path = tmp_path_factory.mktemp("mongodb")
    running = mongo.start(folder, log_dir=folder, throw_away=True)
    yield running.uri
    running.stop()


@pytest.fixture(scope="session")
def databases(mongodb_uri: str) -> Databases:
    return Databases(mongodb_uri, reused="MONGODB_URI" not in os.environ)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    """A database that is this test's for its time, empty, with the bundle's collections and indexes."""
    taken = await databases.take()
    yield taken
    await databases.leave(taken)


@pytest.fixture(scope="session")
def upstash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisSettings]:
    """Valkey behind our Upstash REST server, both of this test process's own."""
    folder: Path = tmp_path_factory.mktemp("upstash")
    behind = valkey.start(folder / "redis", log_dir=folder)
    command = processes.module("infra.local.upstash", "--redis", behind.address, "--token", REDIS_TOKEN)
    child = processes.start("upstash", command, log_dir=folder)
    yield RedisSettings(
        stage="local",
        upstash_redis_rest_url=f"http://{LOOPBACK}:{child.port}",
        upstash_redis_rest_token=SecretStr(REDIS_TOKEN),
    )
    child.stop()
    behind.kill()


@pytest.fixture
def empty_redis(upstash: RedisSettings) -> RedisSettings:
    """A Redis that holds nothing; for tests that make clients of their own."""
    bearer = {"Authorization": f"Bearer {REDIS_TOKEN}"}
    httpx.post(
        upstash.upstash_redis_rest_url, json=["FLUSHALL"], headers=bearer, trust_env=False, timeout=30
    ).raise_for_status()
    return upstash


@pytest.fixture
async def redis(empty_redis: RedisSettings) -> AsyncIterator[Redis]:
    """A client of a Redis that holds nothing."""
    async with Redis(empty_redis, LocalBreaker("redis", time.monotonic), limit=PATIENCE) as client:
        yield client


Objects = Callable[[str], StorageSettings]


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Objects]:
    """The settings of a provider ("tigris", "supabase") whose part an S3 server of this test process plays."""
    folder: Path = tmp_path_factory.mktemp("objects")
    running = seaweed.start(folder / "data", log_dir=folder, access_key=bucket.ACCESS_KEY, secret_key=bucket.SECRET_KEY)

    bucket.make(running.endpoint, {"CORS_ORIGINS": ORIGIN})
    yield lambda provider: bucket.settings(running.endpoint, provider=provider)
    running.kill()


@pytest.fixture(params=["tigris", "supabase"])
def storage_settings(objects: Objects, request: pytest.FixtureRequest) -> StorageSettings:
    """Each provider's in turn. All tests share one bucket: their keys must be their own."""
    return objects(request.param)


@pytest.fixture
def storage(storage_settings: StorageSettings) -> Iterator[Storage]:
    """A client of each provider in turn."""
    with open_storage(storage_settings) as made:
        yield made
