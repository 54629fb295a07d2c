"""Connections to Valkey: lent to one request at a time, kept between requests, thrown away when in doubt."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from infra.local.upstash import resp
from infra.local.upstash.resp import Command, Reply

_CONNECT_SECONDS: Final = 5.0
_REPLY_SECONDS: Final = 60.0
_GOODBYE_SECONDS: Final = 1.0
_LINE_LIMIT: Final = 2**20


class Unreachable(Exception):
    """Valkey is not there, went away in the middle of a call, or does not answer."""


@dataclass(frozen=True, slots=True)
class Connection:
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    async def call(self, commands: Sequence[Command]) -> list[Reply]:
        """Send the commands in one go and give their replies, in order."""
        async with asyncio.timeout(_REPLY_SECONDS):
            await self.send(commands)
            return [await self.receive() for _ in commands]

    async def send(self, commands: Sequence[Command]) -> None:
        self._writer.write(b"".join(resp.encode(command) for command in commands))
        await self._writer.drain()

    async def receive(self) -> Reply:
        return await resp.read(self._reader)

    def is_stale(self) -> bool:
        """Whether the other side has hung up while nobody used it."""
        return self._reader.at_eof() or self._reader.exception() is not None or self._writer.is_closing()

    async def aclose(self) -> None:
        """Hang up; returns when it is done, at once when Valkey takes nothing more or the caller is cancelled."""
        self._writer.close()
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError:  # it broke, and so is gone
            pass
        except asyncio.CancelledError:
            self._writer.transport.abort()
            raise


class Pool:
    def __init__(self, host: str, port: int, *, size: int = 32) -> None:
        self._host, self._port = host, port
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(size)

    async def call(self, commands: Sequence[Command]) -> list[Reply]:
        """Run the commands on one connection, with nobody else's between them; raises Unreachable."""
        async with self._places:
            connection = await self._take_idle()
            async with _reported():
                connection = connection or await self._open()
                try:
                    replies = await connection.call(commands)
                except BaseException:  # a reply may still be on its way: the next one to use it would read that
                    await connection.aclose()
                    raise
            self._idle.append(connection)
            return replies

    @asynccontextmanager
    async def apart(self) -> AsyncIterator[Connection]:
        """Lend a connection beside the pool, for one that stays (a subscriber); it is closed afterwards."""
        async with _reported():
            connection = await self._open()
            try:
                yield connection
            finally:
                await connection.aclose()

    async def aclose(self) -> None:
        while self._idle:
            await self._idle.pop().aclose()

    async def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_stale():
                return connection
            await connection.aclose()
        return None

    async def _open(self) -> Connection:
        async with asyncio.timeout(_CONNECT_SECONDS):
            return Connection(*await asyncio.open_connection(self._host, self._port, limit=_LINE_LIMIT))


@asynccontextmanager
async def _reported() -> AsyncIterator[None]:
    try:
        yield
    except (
        OSError,
        EOFError,
        resp.ProtocolError,
    ) as error:  # TimeoutError is an OSError, IncompleteReadError an EOFError
        raise Unreachable(f"{type(error).__name__}: {error}") from error
