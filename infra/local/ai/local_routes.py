"""The calls under /local/, which are not the providers': what was asked, and faults to order."""

from dataclasses import dataclass

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.ai.calls import Log
from infra.local.ai.errors import LocalError
from infra.local.ai.faults import FaultOrder, Faults


@dataclass(frozen=True, slots=True)
class Local:
    log: Log
    faults: Faults

    async def calls(self, _request: Request) -> Response:
        """`GET /local/calls`."""
        return JSONResponse({"data": self.log.as_json()})

    async def clear(self, _request: Request) -> Response:
        """`DELETE /local/calls`."""
        return JSONResponse({"deleted": self.log.clear()})

    async def armed_faults(self, _request: Request) -> Response:
        """`GET /local/faults`."""
        return JSONResponse({"armed": len(self.faults)})

    async def order_faults(self, request: Request) -> Response:
        """`POST /local/faults`."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            # A page elsewhere can post any other type to this machine without being asked first.
            raise LocalError("Send it as application/json.")
        try:
            order = FaultOrder.model_validate_json(await request.body())
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors()]
            raise LocalError("; ".join(problems)) from None
        left = self.faults.arm(order)
        return JSONResponse({"armed": len(order.next), "dropped": left})
