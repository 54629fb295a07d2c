"""MongoDB through motor, and the only file that knows it is motor.

Majority writes and primary reads are set here and nowhere else, because a claim that one node acknowledged and the
next primary never saw would give two workers one run (case 19). Sockets do not survive a frozen Lambda, so idle ones
are dropped early; every wait has an end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias, TypeVar

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ReadPreference, WriteConcern
from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError, WTimeoutError
from pymongo.read_concern import ReadConcern

from shared.config import MongoSettings
from shared.errors import DependencyDown

Collection: TypeAlias = "AsyncIOMotorCollection[dict[str, Any]]"
Database: TypeAlias = "AsyncIOMotorDatabase[dict[str, Any]]"
Session: TypeAlias = AsyncIOMotorClientSession

T = TypeVar("T")

TRANSACTION_TRIES: Final = 6
MENDABLE: Final = ("RetryableWriteError", "TransientTransactionError", "UnknownTransactionCommitResult")


def connect(settings: MongoSettings) -> Database:
    """The database of this stage. Opens no connection yet."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        settings.mongodb_uri.get_secret_value(),
        appname="millrace",
        tz_aware=True,
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=2_000,
        socketTimeoutMS=10_000,
        waitQueueTimeoutMS=3_000,
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
    """Turns the driver's own errors into ours: what a later try can mend, and nothing else."""
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout, WTimeoutError) as error:
        raise DependencyDown("mongodb", type(error).__name__) from error
    except OperationFailure as error:
        if any(map(error.has_error_label, MENDABLE)):
            raise DependencyDown("mongodb", f"code {error.code}") from error
        raise


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
                await asyncio.sleep(0.005 * 2**tried)  # let the writer that it met finish
    raise DependencyDown("mongodb", f"a transaction met other writers {TRANSACTION_TRIES} times")
