"""The calls under /local/ that tell what was asked, which are not the providers'."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.ai.calls import Log


@dataclass(frozen=True, slots=True)
class Local:
    log: Log

    async def calls(self, _request: Request) -> Response:
        """`GET /local/calls`."""
        return JSONResponse({"data": self.log.as_json()})

    async def clear(self, _request: Request) -> Response:
        """`DELETE /local/calls`."""
        return JSONResponse({"deleted": self.log.clear()})
