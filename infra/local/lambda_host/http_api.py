"""The HTTP API: requests go to the functions by route, and no function is waited for longer than 30 seconds."""

import asyncio
import json
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from infra.local.lambda_host.answers import http_answer
from infra.local.lambda_host.call import Call, read_call
from infra.local.lambda_host.events import Door, http_event
from infra.local.lambda_host.outcome import Answered, Failed, Outcome, RequestTooLarge, Throttled
from infra.local.lambda_host.pool import Pool
from infra.local.lambda_host.routes import Routes
from infra.local.lambda_host.settings import HostSettings


class HttpApi:
    """The ASGI app of the API; `domain` is where it was put."""

    def __init__(self, pools: Mapping[str, Pool], settings: HostSettings, *, domain: str) -> None:
        self._pools = pools
        self._settings = settings
        self._domain = domain
        self._routes = Routes(pool.spec for pool in pools.values())
        self._running: set[asyncio.Task[Outcome]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._settings.now()
        try:
            call = await read_call(Request(scope, receive), now)
        except ClientDisconnect:
            return
        request_id = self._settings.new_id()
        response = await self._respond(call, request_id, now)
        response.headers["apigw-requestid"] = request_id
        await response(scope, receive, send)

    async def _respond(self, call: Call, request_id: str, now: float) -> Response:
        match = self._routes.match(call.method, call.path)
        if match is None:
            return _refused(404, "Not Found")
        if call.body is None:
            return _refused(413, "Request Entity Too Large")
        door = Door(self._domain, self._settings.account, match.route_key, match.parameters)
        event = http_event(call, door, request_id=request_id, now=now)
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        invocation = self._pools[match.function].invoke(
            payload, request_id=self._settings.new_id(), trace_id=call.trace_id
        )
        # The API stops waiting; the function does not stop running.
        running = asyncio.create_task(invocation)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({running}, timeout=self._settings.integration_timeout)
        return _response(running.result()) if done else _refused(503, "Service Unavailable")


def _response(outcome: Outcome) -> Response:
    match outcome:
        case Answered(payload):
            answer = http_answer(payload, default_type="text/plain; charset=utf-8")
            return answer or _refused(500, "Internal Server Error")
        case Failed():
            return _refused(500, "Internal Server Error")
        case Throttled():
            return _refused(503, "Service Unavailable")
        case RequestTooLarge():
            return _refused(413, "Request Entity Too Large")


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)
