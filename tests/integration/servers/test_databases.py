"""The databases that tests take in turn are as good as new ones."""

from collections.abc import AsyncIterator

import pytest

from shared.collections import INDEXES
from shared.database import Database
from tests.support.databases import IN_TURN, Databases


@pytest.fixture(params=[(), ("orders",)], ids=["the bundle's collections", "one more"])
async def again(mongodb_uri: str, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Database, Database]]:
    """One as a test has left it, with a record and a transaction that nobody ends; and as it is taken the next time."""
    databases = Databases(mongodb_uri, reused=True)
    left = await databases.take()
    await left.users.insert_one({"_id": "ada", "email": "ada@example.com"})
    for name in request.param:
        await left.create_collection(name)
    session = await left.client.start_session()
    session.start_transaction()
    await left.users.insert_one({"_id": "eve", "email": "eve@example.com"}, session=session)
    await databases.leave(left)
    for _ in range(IN_TURN - 1):
        await databases.leave(await databases.take())
    taken = await databases.take()
    yield left, taken
    await taken.client.drop_database(taken.name)
    taken.client.close()


async def test_one_that_is_taken_again_holds_nothing_of_the_test_before(again: tuple[Database, Database]) -> None:
    left, taken = again
    assert taken.name == left.name
    assert set(await taken.list_collection_names()) == set(INDEXES)
    assert [await taken[name].count_documents({}) for name in INDEXES] == [0] * len(INDEXES)
    assert "email" in await taken.users.index_information()


async def test_no_transaction_of_the_test_before_is_in_the_way(again: tuple[Database, Database]) -> None:
    _, taken = again
    await taken.users.insert_one({"_id": "eve", "email": "eve@example.com"})


async def test_one_that_is_not_reused_is_dropped(mongodb_uri: str) -> None:
    databases = Databases(mongodb_uri, reused=False)
    made = await databases.take()
    await databases.leave(made)
    taken = await databases.take()
    assert taken.name != made.name
    assert made.name not in await taken.client.list_database_names()
    await databases.leave(taken)
