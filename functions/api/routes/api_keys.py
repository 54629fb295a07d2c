"""API keys, for operators. The first one is made by `python -m infra keys create`.

The answer to making one is a credential and is kept nowhere: with an Idempotency-Key, a repeat makes no second key and
is told which one was made, to be revoked where its key never arrived. The same holds for its webhook's secret.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from functions.api import keys
from functions.api.documented import problems
from functions.api.idempotency import Made, WithKey, not_kept, once
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.principal import Operator
from functions.api.problems import FieldError, Problem, invalid
from functions.api.services import WithServices
from shared.database import Session
from shared.rate_limits import Away, Limit
from shared.runs.model import instant
from shared.webhooks.addresses import AddressRefused, NoAddress, checked, shown

LIMITS: Final = RouteLimits(caller=Limit("api-keys-caller", requests=20, seconds=3600, away=Away.CLOSED))
"""More than anybody sets up in an hour. Closed without Redis: a key outlives the outage in which it was made uncounted,
and a new one can wait; taking keys back is not limited."""

NAMED: Final = r"^https://[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,61}[a-z0-9])?){1,3}(/[!-~]{0,1000})?$"
"""What every such URL looks like that is sure to be taken: with a name, whose addresses are for the guard to judge."""
WebhookUrl = Annotated[
    str,
    Field(max_length=2000),
    WithJsonSchema({"type": "string", "format": "uri", "maxLength": 2000, "pattern": NAMED}),
]
Scope = Literal["jobs:read", "jobs:write", "documents:read", "documents:write", "operator"]


class KeyRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "billing",
                    "scopes": ["jobs:write", "jobs:read"],
                    "webhook": "https://billing.example.com/hooks/millrace",
                }
            ]
        },
    )

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    """One that is named twice is meant once."""
    webhook: WebhookUrl | None = None
    """An https URL on the internet that is told how each job ends that the key starts (Standard Webhooks)."""


class KeyView(BaseModel):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    webhook: str | None
    """Without its query."""
    webhook_gone_at: datetime | None
    """Since when it is told nothing any more, because it answered 410 Gone. A new key may name it again."""


class NewKey(KeyView):
    key: str
    """Told once. Send it as `Authorization: Bearer`."""
    webhook_secret: str | None
    """Told once. Signs what the webhook is sent: `whsec_` and base64."""


class KeyList(BaseModel):
    items: list[KeyView]


async def create(asked: KeyRequest, operator: Operator, services: WithServices, keyed: WithKey) -> NewKey:
    if asked.webhook is not None:
        await _demand_callable(asked.webhook, local=services.local)

    async def work(session: Session) -> tuple[keys.CreatedKey, str, str]:
        made = await keys.create_key(
            services.database,
            name=asked.name,
            scopes=set(asked.scopes),
            by=operator.id,
            world=services.world,
            webhook=asked.webhook,
            session=session,
        )
        return made, made.id, operator.id

    done = await once(services, keyed.by(operator.id), work)
    if not isinstance(done, Made):
        raise not_kept(done.reference, "This key was made; it is told once. Revoke it if it did not arrive.")
    made = done.value
    webhook = {"url": made.webhook} if made.webhook else None
    seen = _view(made.id, made.name, made.scopes, made.created, webhook)
    return NewKey.model_validate({**seen, "key": made.key, "webhook_secret": made.webhook_secret})


async def _demand_callable(webhook: str, *, local: bool) -> None:
    """Told now rather than found in a log when the first job has ended. It is checked again at each call, and a host
    that can't be found now may be found then.
    """
    try:
        with suppress(NoAddress):
            await checked(webhook, local=local)
    except AddressRefused as error:
        raise invalid(FieldError(part="body", pointer="#/webhook", detail=error.message)) from None


async def every(_: Operator, services: WithServices) -> KeyList:
    found = await keys.every(services.database)
    items = [_view(one["id"], one["name"], one["scopes"], one["created"], one.get("webhook")) for one in found]
    return KeyList.model_validate({"items": items})


async def revoke(key_id: str, operator: Operator, services: WithServices) -> None:
    """The key opens nothing from now on. What it has started goes on, and its webhook is told nothing more."""
    if not await keys.revoke(services.database, key_id, by=operator.id, now=services.world.now()):
        raise Problem(404, None, "There is no such key.")


def _view(key_id: str, name: str, scopes: object, created: int, webhook: Mapping[str, Any] | None) -> dict[str, object]:
    gone_at = webhook.get("gone_at") if webhook else None
    return {
        "id": key_id,
        "name": name,
        "scopes": scopes,
        "created_at": instant(created),
        "webhook": shown(webhook["url"]) if webhook else None,
        "webhook_gone_at": instant(gone_at) if gone_at else None,
    }


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/api-keys", tags=["keys"])
    made.add_api_route(
        "",
        create,
        methods=["POST"],
        status_code=201,
        summary="Make a key",
        dependencies=LIMITS.dependencies,
        responses=idempotent(201, problems(400, 401, 403, 422, 429), credential=True),
    )
    made.add_api_route("", every, summary="All keys", responses=problems(401, 403))
    made.add_api_route(
        "/{key_id}",
        revoke,
        methods=["DELETE"],
        status_code=204,
        summary="Revoke a key",
        responses=problems(401, 403, 404, 422),
    )
    return made
