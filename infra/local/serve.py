"""Runs one of our own local servers as a process: binds first, says where, then serves until told to stop.

The parent reads one line from standard output, `ready PORT`, so that no port is guessed
and none is lost to a race.
"""

import socket

import uvicorn
from starlette.types import ASGIApp

from infra.local.guard import LOOPBACK, LoopbackHost


def serve(app: ASGIApp, *, port: int = 0) -> None:
    """Serve `app` on loopback at `port` (0: any free one) until SIGTERM or SIGINT."""
    # With the protocol named, asyncio sets TCP_NODELAY; without, each small answer waits 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((LOOPBACK, port))
    listener.listen(1024)
    print(f"ready {listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        LoopbackHost(app), log_level="warning", access_log=False, timeout_graceful_shutdown=2, lifespan="on"
    )
    uvicorn.Server(config).run(sockets=[listener])
