"""A change of a document, and the run that will bring it into the search index: one transaction, both or neither."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from shared.database import Database, Session, transaction

T = TypeVar("T")


class Indexing(Protocol):
    """Accepts the run that will index a change, in the change's own transaction, which may begin anew."""

    async def __call__(self, session: Session, /) -> None: ...


async def changing(
    database: Database, write: Callable[[Session], Awaitable[T | None]], *, indexing: Indexing
) -> T | None:
    """What `write` did; where it did nothing (None) nothing is to be indexed. Raises DependencyDown."""

    async def work(session: Session) -> T | None:
        done = await write(session)
        if done is not None:
            await indexing(session)
        return done

    return await transaction(database, work)
