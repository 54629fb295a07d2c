"""Handlers behind HTTP on loopback, as AWS stands before them: a request comes as an event, an answer goes out."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from shared.answers import Answer

Handlers = dict[str, Callable[[Mapping[str, Any]], Awaitable[Answer]]]
"""By path. It may be filled when the address is known."""


@asynccontextmanager
async def function_urls(handlers: Handlers) -> AsyncIterator[str]:
    """Their address, without a path; they run on the test's own loop."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        event = {
            "version": "2.0",
            "rawPath": scope["path"],
            "rawQueryString": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "requestContext": {
                "domainName": "{}:{}".format(*scope["server"]),
                "http": {"method": scope["method"], "sourceIp": "127.0.0.1"},
            },
            "body": message["body"].decode(),
            "isBase64Encoded": False,
        }
        answer = (await handlers[scope["path"]](event)).for_lambda()
        headers = [(name.encode(), value.encode()) for name, value in answer["headers"].items()]
        await send({"type": "http.response.start", "status": answer["statusCode"], "headers": headers})
        await send({"type": "http.response.body", "body": answer["body"].encode()})

    listener = socket.create_server(("127.0.0.1", 0))  # from here on a call waits until it is served
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
