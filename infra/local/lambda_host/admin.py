"""What tests and commands ask of the host itself, on a port of its own.

GET  /local/addresses                   {"api": URL, "admin": URL, "functions": {NAME: URL}}
GET  /local/functions                   live processes by function: [{"pid", "state", "invocations"}]
POST /local/reload                      idle processes end now, busy ones after their invocation
POST /local/functions/{name}/overrides  {"NAME": "value"}: the function's next processes get these as well
"""

from collections.abc import Mapping
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local.lambda_host.doors import Doors
from infra.local.lambda_host.pool import Pool


class _NoPages:
    """Refuses what a web page sends (a browser names its origin): these calls decide what runs on this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "origin" in Headers(scope=scope):
            await JSONResponse({"error": "not for web pages"}, 403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def admin_app(pools: Mapping[str, Pool], doors: Doors) -> Starlette:
    async def addresses(_: Request) -> Response:
        return JSONResponse(doors.as_json())

    async def functions(_: Request) -> Response:
        return JSONResponse({name: [asdict(one) for one in pool.processes] for name, pool in pools.items()})

    async def reload(_: Request) -> Response:
        for pool in pools.values():
            await pool.reload()
        return Response(status_code=204)

    async def overrides(request: Request) -> Response:
        pool = pools.get(request.path_params["name"])
        given = await request.json()
        if pool is None:
            return JSONResponse({"error": "there is no such function"}, 404)
        await pool.reload({str(name): str(value) for name, value in given.items()})
        return Response(status_code=204)

    return Starlette(
        middleware=[Middleware(_NoPages)],
        routes=[
            Route("/local/addresses", addresses),
            Route("/local/functions", functions),
            Route("/local/reload", reload, methods=["POST"]),
            Route("/local/functions/{name}/overrides", overrides, methods=["POST"]),
        ],
    )
