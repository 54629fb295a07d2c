"""A MongoDB that hangs, is down or answers with anything at all: every operation ends, as DependencyDown."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from urllib.parse import urlparse

import pytest
from bson.errors import InvalidBSON
from pydantic import SecretStr
from pymongo.errors import OperationFailure, ProtocolError

from infra.local.faults import Exchange, Fault, FaultProxy, Mongo
from shared import database as module
from shared import deadline
from shared.config import MongoSettings
from shared.database import Database, Session, connect, reachable, transaction
from shared.errors import DeadlineReached, DependencyDown
from tests.support.wire import serving

ROOM = 8.0
"""Seconds that a machine may stand still; what these tests keep out lasts longer (20 s, or for ever)."""


def at(authority: str) -> Database:
    uri = SecretStr(f"mongodb://{authority}/?directConnection=true")
    return connect(MongoSettings(stage="local", mongodb_uri=uri, mongodb_database="test_deadlines"))


@pytest.fixture
async def hung(mongodb_uri: str) -> AsyncIterator[Database]:
    """A server that takes every question and answers none but the driver's own."""
    never = asyncio.Event()

    def silence(_: Exchange) -> Fault:
        return Fault(forwarded=False, then=never.wait)

    found = urlparse(mongodb_uri)
    async with FaultProxy("mongodb", Mongo(), (found.hostname or "", found.port or 27017), silence) as proxy:
        database = at(proxy.authority)
        yield database
        never.set()
        database.client.close()


async def test_a_hung_store_is_waited_for_until_the_deadline_and_no_longer(hung: Database) -> None:
    began = time.monotonic()
    with deadline.within(1.0, time.monotonic), pytest.raises(DependencyDown, match="mongodb"):
        async with reachable():
            await hung.runs.find_one_and_update({"_id": "a"}, {"$set": {"b": 1}})
    assert 0.5 < time.monotonic() - began < 1.0 + ROOM


async def test_a_hung_transaction_ends_by_the_deadline_with_its_abort(hung: Database) -> None:
    async def work(session: Session) -> None:
        await hung.runs.insert_one({"_id": "a"}, session=session)

    began = time.monotonic()
    with deadline.within(1.0, time.monotonic), pytest.raises(DependencyDown, match="mongodb"):
        await transaction(hung, work)
    assert time.monotonic() - began < 1.0 + ROOM


async def test_without_a_deadline_an_operation_has_a_limit_of_its_own(hung: Database) -> None:
    began = time.monotonic()
    with pytest.raises(DependencyDown, match="mongodb"):
        async with reachable():
            await hung.runs.find_one({"_id": "a"})
    assert module.OPERATION - 1 < time.monotonic() - began < module.OPERATION + ROOM


async def test_a_store_that_is_down_is_noticed_long_before_a_far_deadline() -> None:
    database = at("127.0.0.1:9")
    began = time.monotonic()
    with deadline.within(25.0, time.monotonic), pytest.raises(DependencyDown, match="ServerSelectionTimeoutError"):
        async with reachable():
            await database.runs.find_one({"_id": "a"})
    assert time.monotonic() - began < module.OPERATION + ROOM
    database.client.close()


async def test_no_operation_is_begun_without_time() -> None:
    with deadline.within(0, time.monotonic), pytest.raises(DeadlineReached):
        async with reachable():
            raise AssertionError


GARBAGE: dict[str, bytes] = {
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10,
    "zeros": bytes(64),
    "a hang-up": b"",
}


@pytest.mark.parametrize("what", list(GARBAGE))
async def test_garbage_is_a_store_that_is_away(what: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(GARBAGE[what])
        await writer.drain()

    async with serving(serve) as port:
        database = at(f"127.0.0.1:{port}")
        with deadline.within(1.0, time.monotonic), pytest.raises(DependencyDown, match="mongodb"):
            async with reachable():
                await database.runs.find_one({"_id": "a"})
        database.client.close()


@pytest.mark.parametrize(
    "error",
    [
        InvalidBSON("invalid"),
        struct.error("unpack"),
        ProtocolError("Message length -1"),
        OperationFailure("too many requests", 462),
        OperationFailure("wrong password", 18),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_the_driver_makes_of_it_is_one_kind_of_error(error: Exception) -> None:
    with pytest.raises(DependencyDown, match="mongodb"):
        async with reachable():
            raise error


async def test_a_fault_of_our_own_query_stays_what_it_is() -> None:
    with pytest.raises(OperationFailure):
        async with reachable():
            raise OperationFailure("unknown operator", 2)
