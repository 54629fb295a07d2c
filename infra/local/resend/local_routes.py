"""The calls under /local/, which are not Resend's: the mailbox for programs, and faults to order."""

from dataclasses import dataclass

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.resend.errors import validation
from infra.local.resend.faults import FaultOrder, Faults
from infra.local.resend.office import PostOffice
from infra.local.resend.store import Store
from infra.local.resend.views import in_full


@dataclass(frozen=True, slots=True)
class Local:
    office: PostOffice
    store: Store
    faults: Faults

    async def mails(self, request: Request) -> Response:
        """`GET /local/emails?to=`."""
        to = request.query_params.get("to")
        found = [in_full(mail) for mail in self.store.sent() if to is None or mail.is_for(to)]
        return JSONResponse({"data": found})

    async def clear(self, _request: Request) -> Response:
        """`DELETE /local/emails`."""
        return JSONResponse({"deleted": self.office.clear()})

    async def armed_faults(self, _request: Request) -> Response:
        """`GET /local/faults`."""
        return JSONResponse({"armed": len(self.faults)})

    async def order_faults(self, request: Request) -> Response:
        """`POST /local/faults`."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            # A page elsewhere can post any other type to this machine without being asked first.
            raise validation("Send it as application/json.")
        try:
            order = FaultOrder.model_validate_json(await request.body())
        except ValidationError as error:
            problems = "; ".join(f"{_place(item['loc'])}: {item['msg']}" for item in error.errors())
            raise validation(problems) from None
        left = self.faults.arm(order.next)
        return JSONResponse({"armed": len(order.next), "dropped": left})


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "body"
