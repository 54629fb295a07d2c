"""Listens at the door of a server for the first message that says something, and tells when it passed.

client ──▶ ear ──▶ server        every byte as it is, in both directions
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from infra.local.closing import stop_listening
from infra.local.guard import LOOPBACK


class Ear:
    """`sign` is what it listens for in what clients say; `heard` when that passed for the first time (monotonic)."""

    def __init__(self, server: tuple[str, int], sign: bytes) -> None:
        self._server = server
        self._sign = sign
        self.heard: float | None = None
        self.address = ""

    @classmethod
    @asynccontextmanager
    async def at(cls, host: str, port: int, sign: bytes) -> AsyncIterator[Self]:
        ear = cls((host, port), sign)
        serving = await asyncio.start_server(ear._serve, LOOPBACK, 0)
        ear.address = f"{LOOPBACK}:{serving.sockets[0].getsockname()[1]}"
        try:
            yield ear
        finally:
            await stop_listening(serving)

    def forget(self) -> None:
        self.heard = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A process that is killed leaves its connections as it pleases.
        with suppress(ConnectionError):
            from_server, to_server = await asyncio.open_connection(*self._server)
            await asyncio.gather(self._passed(reader, to_server, listen=True), self._passed(from_server, writer))

    async def _passed(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, listen: bool = False
    ) -> None:
        try:
            while part := await reader.read(65536):
                if listen and self.heard is None and self._sign in part:
                    self.heard = time.monotonic()
                writer.write(part)
                await writer.drain()
        finally:
            writer.close()
