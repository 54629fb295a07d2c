"""Making the collections, as it is done when a stage is set up and after each change of theirs."""

from collections.abc import Iterator
from typing import Any

import pytest
from bson import decode, encode
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener

from shared.collections import INDEXES, ensure
from shared.database import OPERATION, Database


class Commands(CommandListener):
    """What the driver sends."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def started(self, event: Any) -> None:
        self.sent.append(decode(encode(event.command)))

    def succeeded(self, event: Any) -> None:
        """Nothing to keep."""

    def failed(self, event: Any) -> None:
        """Nothing to keep."""


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def watched(mongodb_uri: str, database: Database, commands: Commands) -> Iterator[Database]:
    """The test's database through a client with our limit, whose commands are kept."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        mongodb_uri, timeoutMS=int(OPERATION * 1000), event_listeners=[commands]
    )
    yield client.get_database(database.name)
    client.close()


async def test_an_index_has_longer_to_be_built_than_an_operation_takes(watched: Database, commands: Commands) -> None:
    """A large collection's would be cut off by the server for ever after."""
    await watched.drop_collection("users")
    await ensure(watched, ruled=False)
    building = [command for command in commands.sent if "createIndexes" in command]
    assert {command["createIndexes"] for command in building} == {name for name, made in INDEXES.items() if made}
    assert min(command["maxTimeMS"] for command in building) > 60_000
    await watched.command("ping")
    assert commands.sent[-1]["maxTimeMS"] <= OPERATION * 1000


async def test_it_may_be_done_again_and_changes_nothing(database: Database) -> None:
    before = await database.users.index_information()
    await ensure(database)
    assert await database.users.index_information() == before
