"""Serves an ASGI app at one bound socket, inside the running event loop.

`uvicorn.Server` is made to be a program: it takes the process's signals and serves the sockets it was started with.
The host opens and closes a socket for each process it runs, so it uses uvicorn's protocol on its own.
"""

import asyncio
import socket

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from infra.local.closing import stop_listening
from infra.local.guard import LOOPBACK, LoopbackHost


def bind(port: int = 0) -> socket.socket:
    """A loopback socket at `port` (0: any free one), from now on nobody else's."""
    # asyncio sets TCP_NODELAY only where the protocol is named; without it an answer written in two pieces waits 40 ms
    # for the client's acknowledgement of the first.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


def authority(bound: socket.socket) -> str:
    """`127.0.0.1:PORT`."""
    return f"{LOOPBACK}:{bound.getsockname()[1]}"


class Listener:
    """An app being served; `close` after whatever its requests wait for has been ended."""

    def __init__(self, server: asyncio.Server, state: ServerState) -> None:
        self._server = server
        self._state = state

    @classmethod
    async def open(cls, app: ASGIApp, bound: socket.socket) -> "Listener":
        config = Config(
            LoopbackHost(app),
            http=H11Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
        )
        config.load()
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: H11Protocol(config=config, server_state=state, app_state={}), sock=bound, backlog=1024
        )
        return cls(server, state)

    async def close(self, grace: float = 1) -> None:
        """Stop listening, let running requests end within `grace` seconds, and drop every connection."""
        await stop_listening(self._server)
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=grace)
        while self._state.connections:
            for connection in self._state.connections:
                connection.transport.abort()
            await asyncio.sleep(0)
