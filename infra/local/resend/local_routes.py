"""The calls under /local/ that are the mailbox for programs, which is not Resend's."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.resend.office import PostOffice
from infra.local.resend.store import Store
from infra.local.resend.views import in_full


@dataclass(frozen=True, slots=True)
class Local:
    office: PostOffice
    store: Store

    async def mails(self, request: Request) -> Response:
        """`GET /local/emails?to=`."""
        to = request.query_params.get("to")
        found = [in_full(mail) for mail in self.store.sent() if to is None or mail.is_for(to)]
        return JSONResponse({"data": found})

    async def clear(self, _request: Request) -> Response:
        """`DELETE /local/emails`."""
        return JSONResponse({"deleted": self.office.clear()})
