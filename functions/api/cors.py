"""Which pages of other origins may call, and read what: configured origins alone.

A preflight that is refused is a problem document, as every other error is.
"""

from collections.abc import Sequence
from typing import Final

from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from functions.api.problems import Problem, respond

READABLE: Final = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Degraded",
    "X-Request-Id",
)
REFUSED: Final = "This origin may not send such a request."


class Cors(CORSMiddleware):
    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_credentials=True,  # the nonce cookie; sessions travel as Bearer
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match"],
            expose_headers=READABLE,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        said = super().preflight_response(request_headers)
        return said if said.status_code == 200 else _Refused(said)


class _Refused(Response):
    """With the headers of the refusal that it stands for, which vary by origin."""

    def __init__(self, said: Response) -> None:
        super().__init__(status_code=said.status_code)
        kept = {name: value for name, value in said.headers.items() if not name.startswith("content-")}
        self._problem = Problem(said.status_code, "cors", REFUSED, kept)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await respond(scope, self._problem)(scope, receive, send)
