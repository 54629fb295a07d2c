"""The proxy itself: one connection to the service for each of the caller's, one exchange at a time on each.

async with FaultProxy("resend", Http(), ("127.0.0.1", 4001), judge) as proxy:
    proxy.port
"""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Self

from infra.local.closing import stop_listening
from infra.local.faults.exchange import Exchange, Fault, Framing, Judge, Question
from infra.local.guard import LOOPBACK

_LARGEST_HEAD: Final = 256 * 1024
_LAST_WORDS: Final = 1.0


class FaultProxy:
    """Serves inside the running event loop while it is entered."""

    def __init__(self, service: str, framing: Framing, upstream: tuple[str, int], judge: Judge) -> None:
        self.service = service
        self._framing = framing
        self._upstream = upstream
        self._judge = judge
        self._held: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._left = False

    @property
    def port(self) -> int:
        if self._held is None:
            raise RuntimeError("a proxy has a port while it is entered")
        return int(self._held.getsockname()[1])

    @property
    def authority(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        # It is never listened at: it keeps the port ours, and refuses, while nothing listens there.
        self._held = _held()
        await self.admit()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._left = True
        await self.refuse()
        if self._held is not None:
            self._held.close()
            self._held = None

    async def admit(self) -> None:
        """Take connections, as at the beginning."""
        self._server = await asyncio.start_server(
            self._accepted, LOOPBACK, self.port, limit=_LARGEST_HEAD, reuse_port=True
        )

    async def refuse(self) -> None:
        """Refuse connections from now on, and cut those that there are."""
        if self._server is not None:
            server, self._server = self._server, None
            await stop_listening(server)
        while self._serving:
            for task in self._serving:
                task.cancel()
            await asyncio.wait(self._serving)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Known from its first moment, and closed even if it is cancelled before its task has run at all."""
        if self._left:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(lambda _: _abandon(writer))
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        service: asyncio.StreamWriter | None = None
        # Either side may hang up in the middle of anything: then the other is hung up on.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                answers, service = await asyncio.open_connection(*self._upstream, limit=_LARGEST_HEAD)
                while question := await self._next(reader, answers):
                    if not await self._exchange(question, answers, service, writer):
                        return
            finally:
                await _hang_up([writer] if service is None else [writer, service])

    async def _next(self, reader: asyncio.StreamReader, answers: asyncio.StreamReader) -> Question | None:
        """The next question; None as well when the service hangs up meanwhile, as it does on idle connections."""
        asked = asyncio.ensure_future(self._framing.question(reader))
        hung_up = asyncio.ensure_future(answers.read(1))
        try:
            await asyncio.wait({asked, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        finally:
            asked.cancel()
            hung_up.cancel()
            await asyncio.wait({asked, hung_up})
            _ = hung_up.cancelled() or hung_up.exception()

    async def _exchange(
        self,
        question: Question,
        answers: asyncio.StreamReader,
        service: asyncio.StreamWriter,
        caller: asyncio.StreamWriter,
    ) -> bool:
        """Whether the connection goes on."""
        fault: Fault | None = None
        if question.name is not None:
            fault = self._judge(Exchange(self.service, question.name, question.transaction))
        if fault is not None and not fault.forwarded:
            await fault.then()
            return await _made_up(fault, question, caller)
        service.write(question.raw)
        await service.drain()
        more = not question.answerless
        held = b""
        while more:
            part, more = await self._framing.answer(answers, question)
            if fault is None:
                caller.write(part)
                await caller.drain()
            else:
                held += part
        if fault is not None:
            await fault.then()
            if not fault.answered:
                return await _made_up(fault, question, caller)
            caller.write(held)
            await caller.drain()
        return True


async def _made_up(fault: Fault, question: Question, caller: asyncio.StreamWriter) -> bool:
    """Whether the connection goes on: a caller that is told nothing is hung up on."""
    if fault.answer is None:
        return False
    if not question.answerless:
        caller.write(fault.answer(question.raw))
        await caller.drain()
    return True


def _held() -> socket.socket:
    """A port that is ours for as long as it is open: connections to it are refused until another listens as well."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((LOOPBACK, 0))
    return held


def _abandon(side: asyncio.StreamWriter) -> None:
    if not side.is_closing():
        side.transport.abort()


async def _hang_up(sides: Sequence[asyncio.StreamWriter]) -> None:
    """Close all, then wait until what was written is on its way; a peer that takes nothing more is not waited for."""
    for side in sides:
        side.close()
    await asyncio.gather(*map(_gone, sides))


async def _gone(side: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(_LAST_WORDS):
            await side.wait_closed()
    except TimeoutError:
        side.transport.abort()
    except OSError:  # it broke, and so is gone
        pass
    except asyncio.CancelledError:
        side.transport.abort()
        raise
