"""A TCP proxy in front of the store that can lose an answer: the request arrives, and the connection is gone.

async with CutProxy(port) as proxy:
    connect to proxy.uri
    proxy.cut(b"commitTransaction", times=2)

While `times` lasts, each connection that sends such a request is closed when its answer comes. A negative number never
ends until `heal` is called.
"""

import asyncio
from typing import Self


class CutProxy:
    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._word: bytes | None = None
        self._times = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.lost = 0
        """Answers that were lost."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def uri(self) -> str:
        """A direct connection, or the driver would go to where the server says it is."""
        assert self._server is not None
        return f"mongodb://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/?directConnection=true"

    def cut(self, word: bytes, *, times: int = -1) -> None:
        self._word, self._times = word, times

    def heal(self) -> None:
        self._word = None

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        losing = asyncio.Event()
        ways = [
            asyncio.create_task(self._requests(reader, back, losing)),
            asyncio.create_task(self._answers(there, writer, losing)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            writer.close()
            back.close()
            self._tasks.discard(task)

    async def _requests(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        while data := await source.read(1 << 20):
            if self._word is not None and self._times and self._word in data:
                self._times -= 1
                losing.set()
            to.write(data)
            await to.drain()

    async def _answers(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        while data := await source.read(1 << 20):
            if losing.is_set():
                self.lost += 1
                return
            to.write(data)
            await to.drain()
