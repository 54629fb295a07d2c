"""Lambda's runtime API, as one process sees it: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.

GET  /2018-06-01/runtime/invocation/next            waits; the first call says that the handler is imported
POST /2018-06-01/runtime/invocation/{id}/response   what the function returned
POST /2018-06-01/runtime/invocation/{id}/error      what it raised
POST /2018-06-01/runtime/init/error                 why its handler could not be imported
"""

import json
from dataclasses import dataclass
from typing import Any, Final, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.lambda_host.outcome import TOO_LARGE, Answered, Failed
from infra.local.lambda_host.settings import RESPONSE_LIMIT

_BASE: Final = "/2018-06-01/runtime"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event on its way into a function."""

    request_id: str
    payload: bytes
    deadline_ms: int
    """Unix time, milliseconds."""
    arn: str
    trace_id: str


class Runtime(Protocol):
    """Whose side of the conversation the API speaks for."""

    async def next(self) -> Invocation | None:
        """The next event; None when there will be none."""

    def settle(self, request_id: str, outcome: Answered | Failed) -> bool:
        """Take the end of an invocation; False where it is not the one that is running."""

    def init_failed(self, failure: Failed) -> None:
        """Take the reason why the function cannot start."""


def runtime_api(runtime: Runtime) -> Starlette:
    async def take(_: Request) -> Response:
        invocation = await runtime.next()
        if invocation is None:
            return Response(status_code=410)
        return Response(
            invocation.payload,
            media_type="application/json",
            headers={
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
            },
        )

    async def respond(request: Request) -> Response:
        payload = await request.body()
        if len(payload) <= RESPONSE_LIMIT:
            return _settled(runtime.settle(request.path_params["id"], Answered(payload)))
        message = f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
        failure = Failed(TOO_LARGE, message)
        runtime.settle(request.path_params["id"], failure)
        return _error(413, "RequestEntityTooLarge", message)

    async def fail(request: Request) -> Response:
        return _settled(runtime.settle(request.path_params["id"], _failure(await request.body())))

    async def init_error(request: Request) -> Response:
        runtime.init_failed(_failure(await request.body()))
        return _settled(known=True)

    return Starlette(
        routes=[
            Route(f"{_BASE}/invocation/next", take),
            Route(f"{_BASE}/invocation/{{id}}/response", respond, methods=["POST"]),
            Route(f"{_BASE}/invocation/{{id}}/error", fail, methods=["POST"]),
            Route(f"{_BASE}/init/error", init_error, methods=["POST"]),
        ]
    )


def _failure(body: bytes) -> Failed:
    try:
        said: Any = json.loads(body)
    except ValueError:
        said = None
    # The runtime client posts its init error as JSON within JSON.
    if isinstance(said, str):
        return _failure(said.encode())
    if not isinstance(said, dict):
        return Failed("Runtime.Unknown", "")
    return Failed(str(said.get("errorType", "Runtime.Unknown")), str(said.get("errorMessage", "")))


def _settled(known: bool) -> Response:  # noqa: FBT001 - the answer to one question
    return JSONResponse({"status": "OK"}, 202) if known else _error(400, "InvalidRequestID", "Invalid request ID")


def _error(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"errorMessage": message, "errorType": kind}, status)
