"""What every test may ask for: a real MongoDB-compatible server, and a fresh database on it for each test."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from infra.local.servers import mongo
from shared.collections import ensure
from shared.config import MongoSettings
from shared.database import Database, connect

settings.register_profile("millrace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("millrace")


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


@pytest.fixture
async def database(mongodb_uri: str) -> AsyncIterator[Database]:
    """A database of this test's own, with the bundle's collections and indexes."""
    name = f"test_{secrets.token_hex(6)}"
    made = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(mongodb_uri), mongodb_database=name))
    await ensure(made)
    yield made
    await made.client.drop_database(name)
    made.client.close()
