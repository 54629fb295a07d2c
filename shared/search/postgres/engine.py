"""The search index in a PostgreSQL: its tables, and connections to it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from asyncpg import UndefinedTableError
from pydantic import SecretStr

from shared.clock import World
from shared.database import Database
from shared.search.index import Read, Source, Tidied, Told
from shared.search.model import Found, Match, Request, State, Sum, Texts
from shared.search.postgres import answering, schema
from shared.search.postgres.changing import bring
from shared.search.postgres.connecting import Connection, Connections

T = TypeVar("T")


class PostgresIndex:
    """One process's, of one loop. Building it opens no connection."""

    def __init__(self, url: SecretStr, database: Database, *, world: World, log: Any) -> None:
        self._database = database
        self._connections = Connections(url, schema.SCHEMA, world=world, log=log)
        self._ensured = False

    async def change(self, read: Read) -> Sequence[State]:
        await self._ensure()
        states = await read()
        return await bring(self._connections, self._database, states) if states else states

    async def search(self, request: Request, how: Match) -> Found:
        return await self._asked(lambda connection: answering.found(connection, request, how), Found((), 0, {}, ""))

    async def texts(self, ids: Collection[str], *, owner: str) -> Mapping[str, Texts]:
        return await self._asked(lambda connection: answering.texts(connection, ids, owner), {})

    async def sums(self) -> Mapping[str, Sum]:
        return await self._asked(answering.sums, {})

    async def versions(self, part: str) -> Mapping[str, int]:
        return await self._asked(lambda connection: answering.versions(connection, part), {})

    async def rebuild(self, source: Source, told: Told) -> None:
        from shared.search.postgres.rebuilding import rebuild

        await self._ensure()
        await rebuild(self._connections, self._database, source, told)

    async def tidy(self) -> Tidied:
        from shared.search.postgres.tidying import tidy

        await self._ensure()
        return await tidy(self._connections)

    async def close(self) -> None:
        await self._connections.close()

    async def _ensure(self) -> None:
        if not self._ensured:
            await self._connections.write(schema.ensure)
            self._ensured = True

    async def _asked(self, ask: Callable[[Connection], Awaitable[T]], nothing: T) -> T:
        """`nothing` where no table was made yet."""
        try:
            return await self._connections.read(ask)
        except UndefinedTableError:
            return nothing
