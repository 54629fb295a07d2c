"""The end of a server inside this loop, with no connection left behind."""

import asyncio
from typing import Final

_TURNS: Final = 3


async def stop_listening(server: asyncio.Server) -> None:
    """Take no more connections; what was accepted a moment ago has become a connection when this returns.

    `Server.close` alone can come between the two. Then the connection stays open, and no one hears of it: up to
    Python 3.12 its transport asserts that the server is still open, halfway through its own making.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        loop.remove_reader(listening.fileno())
    await turns()
    server.close()


async def turns() -> None:
    """Of the loop: enough to make a connection of what was accepted, or to close what was aborted."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
