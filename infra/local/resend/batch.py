"""`POST /emails/batch`: up to a hundred mails in one call, all or (permissive) as many as are valid."""

from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from infra.local.resend.errors import ApiError, validation
from infra.local.resend.idempotency import Held
from infra.local.resend.mail import Draft
from infra.local.resend.routes import Api, json_body
from infra.local.resend.validation import check_mail

MAX_BATCH: Final = 100
MODES: Final = ("strict", "permissive")


@dataclass(frozen=True, slots=True)
class Batch:
    api: Api

    async def send(self, request: Request) -> Response:
        mode = request.headers.get("x-batch-validation", "strict")
        if mode not in MODES:
            raise ApiError(422, "invalid_parameter", f"`x-batch-validation` must be one of {', '.join(MODES)}.")
        body = await json_body(request)
        if not isinstance(body, list):
            raise validation("The batch must be a JSON array of emails.", status=400)
        if not 1 <= len(body) <= MAX_BATCH:
            raise validation(f"A batch holds between 1 and {MAX_BATCH} emails.")

        def work(held: Held) -> dict[str, Any]:
            drafts, errors = self._check(body, permissive=mode == "permissive")
            extra = {"errors": errors} if mode == "permissive" else {}
            return self.api.office.accept(drafts, held, lambda ids: {"data": [{"id": i} for i in ids], **extra})

        return await self.api.once(request, body, work)

    def _check(self, items: list[Any], *, permissive: bool) -> tuple[list[Draft], list[dict[str, Any]]]:
        """The valid mails, and what is wrong with the others; strict raises the first error instead."""
        drafts, errors = [], []
        now = self.api.world.now()
        for index, item in enumerate(items):
            try:
                if isinstance(item, dict) and item.get("attachments"):
                    raise validation("The `attachments` field is not supported in a batch.")
                drafts.append(check_mail(item, now=now))
            except ApiError as error:
                if not permissive:
                    raise
                errors.append({"index": index, "message": error.message})
        return drafts, errors
