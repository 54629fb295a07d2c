"""Resend's calls for one mail at a time and for lists of them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.resend.errors import ApiError, missing, not_served, validation
from infra.local.resend.idempotency import Held, Idempotency, fingerprint_of, key_of
from infra.local.resend.mail import Mail
from infra.local.resend.office import PostOffice
from infra.local.resend.paging import paged
from infra.local.resend.store import Store
from infra.local.resend.validation import check_mail, check_time
from infra.local.resend.views import listed, retrieved
from shared.clock import World

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_OTHER_RESOURCES: Final = ("metrics", "receiving", "batch")


@dataclass(frozen=True, slots=True)
class Api:
    office: PostOffice
    store: Store
    idempotency: Idempotency
    world: World

    async def send(self, request: Request) -> Response:
        """`POST /emails`."""
        body = await json_body(request)

        def work(held: Held) -> dict[str, Any]:
            draft = check_mail(body, now=self.world.now())
            return self.office.accept([draft], held, lambda ids: {"id": ids[0]})

        return await self.once(request, body, work)

    async def once(self, request: Request, body: object, work: Callable[[Held], dict[str, Any]]) -> Response:
        """Answer with `work`, or with what an earlier call under the same key was answered."""
        fingerprint = fingerprint_of(request.url.path, request.headers.get("x-batch-validation"), body)
        with self.idempotency.hold(key_of(request.headers), fingerprint) as held:
            if held.answer is None and (delay := getattr(request.state, "delay", 0)):
                await self.world.sleep(delay)
            return JSONResponse(held.answer or work(held))

    async def retrieve(self, request: Request) -> Response:
        """`GET /emails/{id}`."""
        return JSONResponse(retrieved(self._find(request)))

    async def list(self, request: Request) -> Response:
        """`GET /emails?limit&after&before`: newest first, the cursor itself left out."""
        answer = paged(
            self.store.newest_first(), request.query_params, known=lambda one: bool(self.store.find(one)), view=listed
        )
        return JSONResponse(answer)

    async def reschedule(self, request: Request) -> Response:
        """`PATCH /emails/{id}`: only the time of a scheduled mail can change."""
        body = await json_body(request)
        mail = self._find(request)
        if not isinstance(body, dict) or body.get("scheduled_at") is None:
            raise missing("scheduled_at")
        self.office.reschedule(mail, check_time(body["scheduled_at"], now=self.world.now()))
        return JSONResponse({"object": "email", "id": mail.id})

    async def cancel(self, request: Request) -> Response:
        """`POST /emails/{id}/cancel`."""
        mail = self._find(request)
        self.office.cancel(mail)
        return JSONResponse({"object": "email", "id": mail.id})

    def _find(self, request: Request) -> Mail:
        mail_id = request.path_params["id"]
        if mail_id in _OTHER_RESOURCES:
            raise not_served(f"{request.method} {request.url.path}")
        if not _UUID.fullmatch(mail_id):
            raise ApiError(422, "invalid_parameter", "The `id` must be a valid UUID.")
        mail = self.store.find(mail_id.lower())
        if mail is None:
            raise ApiError(404, "not_found", "Email not found")
        return mail


async def json_body(request: Request) -> object:
    """The call's JSON; half of a surrogate pair, which no answer could repeat, is none."""
    try:
        body: object = json.loads(await request.body())
        json.dumps(body, ensure_ascii=False).encode()
        return body
    except (ValueError, RecursionError):
        raise validation("The request body is not valid JSON.", status=400) from None
