"""The proxy itself: one connection to the service for each of the caller's, one exchange at a time on each.

async with FaultProxy("resend", Http(), ("127.0.0.1", 4001), judge) as proxy:
    proxy.port
"""

import asyncio
from contextlib import suppress
from typing import Final, Self

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
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("a proxy has a port while it is entered")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def authority(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0, limit=_LARGEST_HEAD)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        service: asyncio.StreamWriter | None = None
        # Either side may hang up in the middle of anything: then the other is hung up on.
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                answers, service = await asyncio.open_connection(*self._upstream, limit=_LARGEST_HEAD)
                while question := await self._next(reader, answers):
                    if not await self._exchange(question, answers, service, writer):
                        return
            finally:
                for side in (writer, service):
                    if side is not None:
                        await _hang_up(side)

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
            return False
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
                return False
            caller.write(held)
            await caller.drain()
        return True


async def _hang_up(side: asyncio.StreamWriter) -> None:
    """Close when what was written is on its way; a peer that takes nothing more is not waited for."""
    side.close()
    try:
        async with asyncio.timeout(_LAST_WORDS):
            await side.wait_closed()
    except (OSError, TimeoutError):
        side.transport.abort()
