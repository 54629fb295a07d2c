"""MongoDB through motor, and the only file that knows it is motor.

Majority writes and primary reads are set here and nowhere else, because a claim that one node acknowledged and the
next primary never saw would give two workers one run (case 19). Sockets do not survive a frozen Lambda, so idle ones
are dropped early; every wait has an end.

Each operation has OPERATION seconds in all (the driver's `timeoutMS`: looking for the server, waiting for a connection,
the command, its retries), or what is left of a nearer deadline. Not one limit for a block of operations: under such a
limit the driver also looks for a server for that long, so that a store that is down would hold every caller to the end.
"""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from random import SystemRandom
from typing import Any, Final, TypeAlias, TypeVar

import pymongo
from bson.errors import InvalidBSON
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import (
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    ProtocolError,
    PyMongoError,
    WTimeoutError,
)
from pymongo.read_concern import ReadConcern

from shared import deadline
from shared.config import MongoSettings
from shared.errors import DependencyDown

Collection: TypeAlias = "AsyncIOMotorCollection[dict[str, Any]]"
Database: TypeAlias = "AsyncIOMotorDatabase[dict[str, Any]]"
Session: TypeAlias = AsyncIOMotorClientSession

T = TypeVar("T")


class MetOthers(DependencyDown):
    """A transaction met other writers, again and again: the store is there, and its records are busy."""


OPERATION: Final = 4.0
"""Seconds for one operation: less than the margin in which a job's outcome is settled."""

TRANSACTION_TRIES: Final = 12
_CHANCE: Final = SystemRandom()
"""Parts writers who met, and decides nothing: so it is no matter of a World."""
MENDABLE: Final = ("RetryableWriteError", "TransientTransactionError", "UnknownTransactionCommitResult")

UNFIT: Final = frozenset({1, 6, 7, 8, 13, 18, 24, 46, 50, 89, 91, 134, 189, 202, 262, 290, 365, 462, 8000})
"""Codes of a server that serves nobody for now: faults of its own, time-outs, throttling, and credentials that it does
not take, which a deploy mends. https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
"""


def connect(settings: MongoSettings) -> Database:
    """The database of this stage. Opens no connection yet."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        settings.mongodb_uri.get_secret_value(),
        appname="millrace",
        tz_aware=True,
        timeoutMS=int(OPERATION * 1000),
        connectTimeoutMS=2_000,
        maxIdleTimeMS=20_000,
        maxPoolSize=10,
        retryWrites=True,
        retryReads=True,
    )
    return client.get_database(
        settings.mongodb_database,
        write_concern=WriteConcern(w="majority", wtimeout=5_000),
        read_preference=ReadPreference.PRIMARY,
        read_concern=ReadConcern("majority"),
    )


@asynccontextmanager
async def reachable() -> AsyncIterator[None]:
    """Turns the driver's own errors into ours: what a later try can mend, and nothing else.

    Operations end by the deadline, if one is set. One that was cut off may have been applied all the same.
    """
    try:
        with _no_later_than_the_deadline():
            yield
    # The second is a name (mongodb+srv) that could not be looked up: that is done at the first operation.
    except (ConnectionFailure, ConfigurationError, ExecutionTimeout, WTimeoutError) as error:
        raise DependencyDown("mongodb", type(error).__name__) from error
    except (ProtocolError, InvalidBSON, struct.error) as error:
        raise DependencyDown("mongodb", "an answer that is none of its own") from error
    except OperationFailure as error:
        if any(map(error.has_error_label, MENDABLE)) or error.code in UNFIT:
            raise DependencyDown("mongodb", f"code {error.code}") from error
        raise


def _no_later_than_the_deadline() -> AbstractContextManager[None]:
    seconds = deadline.at_most(OPERATION)
    return pymongo.timeout(seconds) if seconds < OPERATION else nullcontext()


def begin_anew(why: str) -> OperationFailure:
    """What to raise in a transaction that has met another writer in a way that the store does not tell it by itself."""
    return OperationFailure(why, 112, {"errorLabels": ["TransientTransactionError"]})


async def transaction(database: Database, work: Callable[[Session], Awaitable[T]]) -> T:
    """Run `work` in one transaction; it may be called again, so it must do nothing but database calls.

    A commit whose fate is unknown is asked for again by the driver; if that stays unknown it is DependencyDown (503),
    and the next claim tells the truth.
    """
    async with reachable(), await database.client.start_session() as session:
        for tried in range(TRANSACTION_TRIES):
            try:
                async with session.start_transaction():
                    return await work(session)
            except PyMongoError as error:
                # An outage has the same label as a meeting of writers: waiting it out here would hold the caller.
                if isinstance(error, ConnectionFailure) or not error.has_error_label("TransientTransactionError"):
                    raise
                # Let the writer that it met finish, and those that met it too come one after the other.
                await asyncio.sleep(0.01 * min(2**tried, 16) * _CHANCE.random())
    raise MetOthers("mongodb", f"a transaction met other writers {TRANSACTION_TRIES} times")
