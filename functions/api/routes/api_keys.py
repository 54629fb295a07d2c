"""API keys, for operators. The first one is made by `python -m infra keys create`.

The answer to making one is a credential and is kept nowhere: with an Idempotency-Key, a repeat makes no second key and
is told which one was made, to be revoked where its key never arrived.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from functions.api import keys
from functions.api.documented import problems
from functions.api.idempotency import Made, WithKey, not_kept, once
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.principal import Operator
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared.database import Session
from shared.rate_limits import Away, Limit
from shared.runs.model import instant

LIMITS: Final = RouteLimits(caller=Limit("api-keys-caller", requests=20, seconds=3600, away=Away.CLOSED))
"""More than anybody sets up in an hour. Closed without Redis: a key outlives the outage in which it was made uncounted,
and a new one can wait; taking keys back is not limited."""

Scope = Literal["jobs:read", "jobs:write", "documents:read", "documents:write", "operator"]


class KeyRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "billing", "scopes": ["jobs:write", "jobs:read"]}]}
    )

    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    """One that is named twice is meant once."""


class KeyView(BaseModel):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime


class NewKey(KeyView):
    key: str
    """Told once. Send it as `Authorization: Bearer`."""


class KeyList(BaseModel):
    items: list[KeyView]


async def create(asked: KeyRequest, operator: Operator, services: WithServices, keyed: WithKey) -> NewKey:
    async def work(session: Session) -> tuple[keys.CreatedKey, str, str]:
        made = await keys.create_key(
            services.database,
            name=asked.name,
            scopes=set(asked.scopes),
            by=operator.id,
            world=services.world,
            session=session,
        )
        return made, made.id, operator.id

    done = await once(services, keyed.by(operator.id), work)
    if not isinstance(done, Made):
        raise not_kept(done.reference, "This key was made; it is told once. Revoke it if it did not arrive.")
    made = done.value
    return NewKey.model_validate({**_view(made.id, made.name, made.scopes, made.created), "key": made.key})


async def every(_: Operator, services: WithServices) -> KeyList:
    found = await keys.every(services.database)
    return KeyList.model_validate(
        {"items": [_view(one["id"], one["name"], one["scopes"], one["created"]) for one in found]}
    )


async def revoke(key_id: str, _: Operator, services: WithServices) -> None:
    """The key opens nothing from now on. What it has started goes on."""
    if not await keys.revoke(services.database, key_id):
        raise Problem(404, None, "There is no such key.")


def _view(key_id: str, name: str, scopes: object, created: int) -> dict[str, object]:
    return {"id": key_id, "name": name, "scopes": scopes, "created_at": instant(created)}


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
