"""Connections to the PostgreSQL: every wait has an end, every piece of work is one transaction, and outages are told.

Poolers such as Supabase's give a connection to a transaction, not to a client. So nothing is prepared by name, nothing
is set for longer than a transaction, and a single query stands in one too: asyncpg sends it in two steps, which must
meet the same server. Idle connections are dropped soon, for they do not survive a frozen Lambda.

A connection on which anything went wrong is cut and not used again; what it had begun ends with it. Whatever runs here
must be fit to be run again: the answer to a commit may be lost, and a service that did not answer is asked once more.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

import asyncpg
from pydantic import SecretStr

from shared import deadline
from shared.breakers import LocalBreaker
from shared.clock import World
from shared.errors import ConfigurationError, DependencyDown
from shared.observability import tell_breaker
from shared.retries import Retries

Connection: TypeAlias = Any
"""asyncpg's, which has no types."""
T = TypeVar("T")

CONNECT: Final = 3.0
READ: Final = 5.0
WRITE: Final = 30.0
"""Seconds: a connection, and a piece of work with its connection."""
IDLE: Final = 10.0
AT_ONCE: Final = 4
"""Connections of a process."""
CLOSING: Final = 2.0

READING: Final = "begin isolation level repeatable read read only; set local enable_seqscan = off"
"""Its estimates do not know what it costs to read long columns."""
WRITING: Final = "begin isolation level read committed read write"

UNFIT: Final = ("08", "25006", "28", "3D", "40", "53", "55P03", "57", "58", "XX000")
"""How the codes begin of a server that serves nobody for now, or not this: no connection, read-only, credentials that
it does not take, no such database, writers that met, no room, a lock that is held, shutting down or cut off, faults
of its own (and a pooler's). https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
MET: Final = ("40", "55P03")
"""Those that tell nothing of the server's health."""


class Connections:
    """One process's, of one loop. Building it opens none."""

    def __init__(self, url: SecretStr, schema: str, *, world: World, log: Any) -> None:
        """`schema` is where tables are looked for that no statement says more of."""
        self._url = url
        self._schema = schema
        self._breaker = LocalBreaker(
            "postgres", world.monotonic, random=world.random, changed=partial(tell_breaker, log)
        )
        self._retries = Retries("postgres", world=world, log=log)
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def read(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """What `work` gives; raises DependencyDown. It sees one state of the index."""
        return await self._retries(lambda: self._once(work, READING, READ))

    async def write(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """As `read`; after DependencyDown it may have been applied all the same."""
        return await self._retries(lambda: self._once(work, WRITING, WRITE))

    async def close(self) -> None:
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                async with asyncio.timeout(CLOSING):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def _once(self, work: Callable[[Connection], Awaitable[T]], begin: str, within: float) -> T:
        async with self._breaker.guard():
            seconds = deadline.at_most(within)
            limit = max(1, int(seconds * 1000))
            begun = f"{begin}; set local statement_timeout = {limit}; set local search_path = {self._schema}"
            try:
                async with asyncio.timeout(seconds), self._connection(begun) as connection:
                    made = await work(connection)
                    await connection.execute("commit")
                    return made
            except TimeoutError as error:
                why = f"no answer in {seconds:.3g} s"
                raise DependencyDown("postgres", why, its_fault=seconds >= within) from error
            except OSError as error:
                raise DependencyDown("postgres", type(error).__name__) from error
            except asyncpg.PostgresError as error:
                code = error.sqlstate or ""
                if not code.startswith(UNFIT):
                    raise
                raise DependencyDown("postgres", f"code {code}", its_fault=not code.startswith(MET)) from error

    @asynccontextmanager
    async def _connection(self, begin: str) -> AsyncIterator[Connection]:
        """One on which a transaction has begun. Any number of those that were kept may have died unheard."""
        # A loop that was frozen first drops what is too old by now.
        await asyncio.sleep(0)
        pool = await self._opened()
        for died in range(AT_ONCE + 1):
            async with _held(pool) as connection:
                try:
                    await connection.execute(begin)
                except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
                    if died < AT_ONCE and _is_lost(connection):
                        continue
                    raise
                yield connection
                return

    async def _opened(self) -> Any:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url.get_secret_value(),
                    min_size=0,
                    max_size=AT_ONCE,
                    max_inactive_connection_lifetime=IDLE,
                    timeout=CONNECT,
                    command_timeout=WRITE,
                    statement_cache_size=0,
                )
            return self._pool


@asynccontextmanager
async def _held(pool: Any) -> AsyncIterator[Connection]:
    try:
        connection = await pool.acquire()
    except ValueError:
        # The URL is read here, and must not stand in an error.
        raise ConfigurationError("SEARCH_DATABASE_URL is not the URL of a PostgreSQL") from None
    try:
        yield connection
    except BaseException as error:
        if not (lost := _is_lost(connection)):
            connection.terminate()
        if lost and isinstance(error, asyncpg.InterfaceError):
            raise ConnectionResetError from error
        raise
    finally:
        with suppress(asyncpg.InterfaceError, asyncpg.PostgresError, OSError):  # then the pool has cut it
            await pool.release(connection, timeout=CLOSING)


def _is_lost(connection: Connection) -> bool:
    """The pool takes back one that has died, and then lets nobody ask it."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True
