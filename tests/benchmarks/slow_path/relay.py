"""Passes bytes between a client and a server, half of the delay late in each direction, and counts the round trips.

    client ──bytes──▶ [delay / 2] ──▶ server ──bytes──▶ [delay / 2] ──▶ client
           ▲ one round trip begins where a client speaks for the first time, or again after an answer

It knows no protocol, so that RESP and HTTP meet the same. Opening a connection is not delayed: clients keep theirs.
"""

import asyncio
from collections import deque

from tests.benchmarks.slow_path.dial import Dial


class Direction:
    """One direction of one connection. What comes is passed on in order, each part as late as it was to be."""

    def __init__(self, dial: Dial, to: asyncio.Transport) -> None:
        self._dial = dial
        self._to = to
        self._parts: deque[bytes] = deque()

    def take(self, part: bytes) -> None:
        self._parts.append(part)
        asyncio.get_running_loop().call_later(self._dial.delay / 2, self._pass_on)

    def _pass_on(self) -> None:
        part = self._parts.popleft()
        if not self._to.is_closing():
            self._to.write(part)


class Server(asyncio.Protocol):
    """The connection to the server, opened for one client's."""

    def __init__(self, client: "Client", answers: Direction, end: asyncio.Transport) -> None:
        self._client = client
        self._answers = answers
        self._end = end

    def data_received(self, data: bytes) -> None:
        self._client.answered = True
        self._answers.take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.close()


class Client(asyncio.Protocol):
    """A client's connection; what it says before the server's is open waits."""

    def __init__(self, dial: Dial, upstream: tuple[str, int]) -> None:
        self.answered = True
        self._dial = dial
        self._upstream = upstream
        self._questions: Direction | None = None
        self._early: list[bytes] = []
        self._server: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._opening = asyncio.get_running_loop().create_task(self._open(transport))

    async def _open(self, client: asyncio.Transport) -> None:
        def made() -> Server:
            return Server(self, Direction(self._dial, client), client)

        try:
            self._server, _ = await asyncio.get_running_loop().create_connection(made, *self._upstream)
        except OSError:
            client.close()
            return
        self._questions = Direction(self._dial, self._server)
        for part in self._early:
            self._questions.take(part)

    def data_received(self, data: bytes) -> None:
        if self.answered:
            self.answered = False
            self._dial.count()
        if self._questions is None:
            self._early.append(data)
        else:
            self._questions.take(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._opening is not None:
            self._opening.cancel()
        if self._server is not None:
            self._server.close()
