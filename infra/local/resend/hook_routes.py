"""Resend's calls for the account's webhooks. Source: https://resend.com/docs/api-reference/webhooks.

Any name of the form `email.sent` passes as an event; Resend knows its own, and refuses others.
"""

import base64
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.resend.endpoint import Endpoint
from infra.local.resend.errors import ApiError, missing, validation
from infra.local.resend.hooks import Hook, Hooks
from infra.local.resend.ids import new_id
from infra.local.resend.mail import iso
from infra.local.resend.paging import paged
from infra.local.resend.routes import json_body
from shared.clock import World

SECRET_BYTES: Final = 24

_Events = Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z_]+)+$")], ...], Field(min_length=1)]


class _New(BaseModel, hide_input_in_errors=True):
    endpoint: str
    events: _Events


class _Changes(BaseModel, hide_input_in_errors=True):
    endpoint: str | None = None
    events: _Events | None = None
    status: Literal["enabled", "disabled"] | None = None


_Body = TypeVar("_Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class HookRoutes:
    hooks: Hooks
    world: World

    def routes(self, gate: Middleware) -> list[Route]:
        one = "/webhooks/{id}"
        return [
            Route("/webhooks", self.create, methods=["POST"], middleware=[gate]),
            Route("/webhooks", self.list, methods=["GET"], middleware=[gate]),
            Route(one, self.retrieve, methods=["GET"], middleware=[gate]),
            Route(one, self.update, methods=["PATCH"], middleware=[gate]),
            Route(one, self.remove, methods=["DELETE"], middleware=[gate]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /webhooks`: its answer tells the secret."""
        asked = await _read(_New, request)
        secret = f"whsec_{base64.b64encode(self.world.random.randbytes(SECRET_BYTES)).decode()}"
        endpoint = _endpoint(asked.endpoint, secret)
        hook = Hook(new_id(self.world), endpoint, asked.events, enabled=True, created_at=self.world.now())
        self.hooks.put(hook)
        return JSONResponse({"object": "webhook", "id": hook.id, "signing_secret": secret}, status_code=201)

    async def list(self, request: Request) -> Response:
        """`GET /webhooks`: without their secrets."""
        known = self.hooks.find
        answer = paged(
            self.hooks.newest_first(), request.query_params, known=lambda one: bool(known(one)), view=_listed
        )
        return JSONResponse(answer)

    async def retrieve(self, request: Request) -> Response:
        """`GET /webhooks/{id}`."""
        hook = self._find(request, "Webhook endpoint not found")
        return JSONResponse({"object": "webhook", **_listed(hook), "signing_secret": hook.endpoint.secret})

    async def update(self, request: Request) -> Response:
        """`PATCH /webhooks/{id}`: what is not named stays; the secret always does."""
        hook = self._find(request, "Failed to update webhook endpoint")
        asked = await _read(_Changes, request)
        changed = replace(
            hook,
            endpoint=hook.endpoint if asked.endpoint is None else _endpoint(asked.endpoint, hook.endpoint.secret),
            events=hook.events if asked.events is None else asked.events,
            enabled=hook.enabled if asked.status is None else asked.status == "enabled",
        )
        self.hooks.put(changed)
        return JSONResponse({"object": "webhook", "id": hook.id})

    async def remove(self, request: Request) -> Response:
        """`DELETE /webhooks/{id}`: what was on its way to it is given up."""
        hook = self._find(request, "Webhook not found")
        self.hooks.drop(hook.id)
        return JSONResponse({"object": "webhook", "id": hook.id, "deleted": True})

    def _find(self, request: Request, otherwise: str) -> Hook:
        hook = self.hooks.find(request.path_params["id"])
        if hook is None:
            raise ApiError(404, "not_found", otherwise)
        return hook


def _listed(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "created_at": iso(hook.created_at),
        "status": "enabled" if hook.enabled else "disabled",
        "endpoint": hook.endpoint.url,
        "events": list(hook.events),
    }


async def _read(model: type[_Body], request: Request) -> _Body:
    body = await json_body(request)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "body"
        raise missing(name) if first["type"] == "missing" else validation(f"Invalid `{name}` field.") from None


def _endpoint(url: str, secret: str) -> Endpoint:
    try:
        return Endpoint(url, secret)
    except ValueError as error:
        raise validation(str(error)) from None
