"""Puts the server together: who may call, what each path means, and how it is answered."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from infra.local.upstash import calls
from infra.local.upstash.calls import BadCall
from infra.local.upstash.database import Database
from infra.local.upstash.pool import Pool, Unreachable
from infra.local.upstash.resp import Error
from infra.local.upstash.results import as_base64, as_text, envelope
from infra.local.upstash.subscriptions import events

_METHODS: Final = frozenset({"HEAD", "GET", "POST", "PUT"})
_POST_ONLY: Final = frozenset({b"/", b"/pipeline", b"/multi-exec"})
_STREAMS: Final = frozenset({b"subscribe", b"psubscribe"})


class Rest:
    """The REST protocol as one ASGI endpoint; paths are commands, so there is nothing for a router to match."""

    def __init__(self, pool: Pool, token: str) -> None:
        self._pool = pool
        self._database = Database(pool)
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if self._may(request):
            response = await self._answer(request)
            # A new one each time, as Upstash does. There is one node, so reading one's own writes needs no more.
            response.headers["Upstash-Sync-Token"] = secrets.token_urlsafe(12)
        else:
            response = _error(401, "Unauthorized")
        await response(scope, receive, send)

    def _may(self, request: Request) -> bool:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = bearer if scheme.lower() == "bearer" else request.query_params.get(calls.TOKEN_PARAMETER, "")
        return secrets.compare_digest(given.encode(), self._token)

    async def _answer(self, request: Request) -> Response:
        path: bytes = request.scope["raw_path"]
        name, _, rest = path.removeprefix(b"/").partition(b"/")
        if request.method not in _METHODS or (path in _POST_ONLY and request.method not in {"POST", "PUT"}):
            return _error(405, "Method Not Allowed")
        if name.lower() == b"monitor":
            return _error(501, f"not served here: {request.method} /monitor")
        if name.lower() in _STREAMS and rest:
            channels = [unquote_to_bytes(channel) for channel in rest.split(b"/")]
            return StreamingResponse(events(self._pool, name, channels), media_type="text/event-stream")
        try:
            return await self._run(request, path)
        except BadCall as error:
            return _error(400, str(error))
        except Unreachable as error:
            return _error(503, f"ERR the database behind this server does not answer: {error}")

    async def _run(self, request: Request, path: bytes) -> Response:
        encode = as_base64 if request.headers.get("upstash-encoding") == "base64" else as_text
        body = await request.body()
        match path:
            case b"/multi-exec":
                outcome = await self._database.transact(calls.commands_in(body, "multi-exec"))
                if isinstance(outcome, Error):
                    return _error(400, outcome.message)
                return JSONResponse([envelope(reply, encode) for reply in outcome])
            case b"/pipeline":
                replies = await self._database.run(calls.commands_in(body, "pipeline"))
                return JSONResponse([envelope(reply, encode) for reply in replies])
            case b"/":
                command = calls.command_in(body)
            case _:
                command = calls.command_in_path(path, request.scope["query_string"], body)
        [reply] = await self._database.run([command])
        return JSONResponse(envelope(reply, encode), 400 if isinstance(reply, Error) else 200)


def create_app(*, host: str, port: int, token: str) -> Starlette:
    """Build the server in front of the Valkey at `host:port`, for whoever shows the token."""
    pool = Pool(host, port)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await pool.aclose()

    app = Starlette(lifespan=lifespan)
    app.router.default = Rest(pool, token)
    return app


def _error(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status)
