"""A MongoDB that stands still, or whose name nobody knows: an end for every operation, and nothing lost after it."""

import time
from collections.abc import Iterator
from pathlib import Path

import dns.resolver
import pytest
from pydantic import SecretStr

from infra.local.guard import LOOPBACK
from infra.local.ports import free_ports
from infra.local.servers import mongo
from shared import deadline
from shared.config import MongoSettings
from shared.database import Database, Session, connect, reachable, transaction
from shared.errors import DependencyDown
from tests.integration.redis_client.frozen import frozen

ENDS = 20.0
"""Seconds by which an operation of four has ended, on a machine that may stand still itself."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[mongo.Running]:
    running = mongo.start(tmp_path, log_dir=tmp_path, throw_away=True)
    yield running
    running.stop()


@pytest.fixture
def store(server: mongo.Running) -> Iterator[Database]:
    made = connect(MongoSettings(stage="local", mongodb_uri=SecretStr(server.uri), mongodb_database="away"))
    yield made
    made.client.close()


async def test_a_server_that_stands_still_is_away_and_comes_back(server: mongo.Running, store: Database) -> None:
    async with reachable():
        await store.things.insert_one({"_id": 1})
    began = time.monotonic()
    with frozen(server.child):
        with deadline.within(1.0, time.monotonic), pytest.raises(DependencyDown):
            async with reachable():
                await store.things.find_one({"_id": 1})
        with pytest.raises(DependencyDown):
            async with reachable():
                await store.things.insert_one({"_id": 2})
    assert time.monotonic() - began < ENDS

    async def both(session: Session) -> None:
        await store.things.update_one({"_id": 1}, {"$set": {"again": True}}, session=session)
        await store.things.insert_one({"_id": 3}, session=session)

    await transaction(store, both)
    async with reachable():
        assert await store.things.count_documents({"_id": {"$in": [1, 3]}}) == 2


async def test_a_name_that_can_not_be_looked_up_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hosted stores are named by mongodb+srv; at a cold start the resolver may be away as well."""
    nobody = dns.resolver.Resolver(configure=False)
    nobody.nameservers, nobody.port, nobody.lifetime = [LOOPBACK], free_ports(1)[0], 0.5
    monkeypatch.setattr(dns.resolver, "default_resolver", nobody)
    uri = SecretStr("mongodb+srv://store.invalid/")
    store = connect(MongoSettings(stage="local", mongodb_uri=uri, mongodb_database="away"))
    began = time.monotonic()
    with pytest.raises(DependencyDown, match="ConfigurationError"):
        async with reachable():
            await store.things.find_one({})
    assert time.monotonic() - began < ENDS
    store.client.close()
