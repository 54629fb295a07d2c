"""The local QStash as an ASGI application: who may call, what is served, how refusals look."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hmac import compare_digest

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local.qstash.errors import QStashError
from infra.local.qstash.routes import ALL_ROUTES
from infra.local.qstash.service import World, running
from infra.local.qstash.settings import Settings


class Authorization:
    """Lets nobody in without the token, as Bearer or as `?qstash_token=`."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allows(Request(scope)):
            await JSONResponse({"error": "unauthorized"}, 401)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allows(self, request: Request) -> bool:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        # With the token in the query, Authorization may be a webhook's own.
        given = [bearer.strip() if scheme.lower() == "bearer" else "", request.query_params.get("qstash_token", "")]
        return any(compare_digest(token.encode(), self._token) for token in given)


def create_app(settings: Settings, world: World | None = None) -> Starlette:
    """State is opened when the application starts, and everything that waits is taken up again."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with running(settings, world or World()) as service:
            app.state.service = service
            yield

    app = Starlette(
        routes=ALL_ROUTES,
        middleware=[Middleware(Authorization, token=settings.token)],
        exception_handlers={QStashError: _refused, HTTPException: _not_served},
        lifespan=lifespan,
    )
    # A path that ends in a slash is a destination's own business.
    app.router.redirect_slashes = False
    return app


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, QStashError):
        raise error
    return JSONResponse({"error": error.message}, error.status)


async def _not_served(request: Request, _: Exception) -> Response:
    return JSONResponse({"error": f"not served here: {request.method} {request.url.path}"}, 501)
