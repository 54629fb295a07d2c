"""A server inside a test's own loop, that leaves no task and no connection behind.

async with serving(handler) as port:
    ...

A handler that still runs at the end (it hangs on purpose) is cancelled; every connection is closed before it is left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from infra.local.closing import stop_listening, turns
from infra.local.guard import LOOPBACK

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[int]:
    """Gives the port. What a handler raises beside a broken connection is raised at the end."""
    tasks: set[asyncio.Task[None]] = set()
    over = False

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Not a coroutine: a connection is known from its first moment, and ended though its task never ran."""
        if over:
            writer.transport.abort()
            return
        task = asyncio.create_task(serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(lambda _: writer.transport.abort())

    server = await asyncio.start_server(accepted, LOOPBACK, 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        over = True
        await stop_listening(server)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        await turns()  # and an aborted one has closed its socket
    for end in ends:
        if isinstance(end, Exception):
            raise end
