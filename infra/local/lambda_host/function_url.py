"""A Function URL: every request to its port is one invocation of its function, which it waits for to the end.

If the caller hangs up, the function runs on, as it does in AWS.
"""

import json
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from infra.local.lambda_host.answers import http_answer
from infra.local.lambda_host.call import TRACE_HEADER, Call, read_call
from infra.local.lambda_host.events import Door, http_event
from infra.local.lambda_host.outcome import Answered, Failed, Outcome, RequestTooLarge, Throttled
from infra.local.lambda_host.pool import Pool
from infra.local.lambda_host.settings import HostSettings

_TOO_LARGE: Final = "Request must be smaller than 6291456 bytes for the InvokeFunction operation"


class FunctionUrl:
    """The ASGI app of one URL; `domain` is where it was put."""

    def __init__(self, pool: Pool, settings: HostSettings, *, domain: str) -> None:
        self._pool = pool
        self._settings = settings
        self._door = Door(domain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._settings.now()
        try:
            call = await read_call(Request(scope, receive), now)
        except ClientDisconnect:
            return  # before it had sent all: nothing to invoke with
        request_id = self._settings.new_id()
        response = _response(await self._invoke(call, request_id, now))
        response.headers["x-amzn-requestid"] = request_id
        response.headers[TRACE_HEADER] = call.trace_id
        await response(scope, receive, send)

    async def _invoke(self, call: Call, request_id: str, now: float) -> Outcome:
        if call.body is None:
            return RequestTooLarge()
        event = http_event(call, self._door, request_id=request_id, now=now)
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        return await self._pool.invoke(payload, request_id=request_id, trace_id=call.trace_id)


def _response(outcome: Outcome) -> Response:
    match outcome:
        case Answered(payload):
            return http_answer(payload, default_type="application/json") or _failed()
        case Failed():
            return _failed()
        case Throttled():
            reason = "ReservedFunctionConcurrentInvocationLimitExceeded"
            return _refused(429, "TooManyRequestsException", "Rate Exceeded.", Reason=reason)
        case RequestTooLarge():
            return _refused(413, "RequestTooLargeException", _TOO_LARGE)


def _failed() -> Response:
    return Response("Internal Server Error", 502, media_type="application/json")


def _refused(status: int, kind: str, message: str, **more: str) -> Response:
    content = {**more, "Type": "User", "message": message}
    return JSONResponse(content, status, headers={"x-amzn-errortype": kind})
