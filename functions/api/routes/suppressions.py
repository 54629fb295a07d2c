"""Addresses that get no mail, for operators: which, since when and why, and the way back.

What suppresses an address is Resend's word (functions/email_events), and its owner is not told of it: somebody who
asks for a sign-in link is answered as everybody is.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from functions.api import cursors
from functions.api.cursors import Cursor
from functions.api.documented import problems
from functions.api.principal import Operator
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared.mail import suppressions
from shared.mail.suppressions import Suppression
from shared.paging import Place
from shared.runs.model import instant

LIST: Final = "suppressions"


class SuppressionView(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "address": "ada@example.com",
                    "state": "bounced",
                    "since": "2026-11-30T08:00:00Z",
                    "job": "4w8sUe0yKcPzT0F1zQ0X2g",
                    "resend_id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794",
                }
            ]
        }
    )

    address: str
    state: Literal["bounced", "complained", "suppressed"]
    """`suppressed` is Resend's own: it has to be taken off its list there as well."""
    since: datetime
    job: str | None
    """The run whose mail it was."""
    resend_id: str


class SuppressionPage(BaseModel):
    items: list[SuppressionView]
    next: Annotated[str | None, Field(description="The `cursor` of the next page; null on the last one.")]


async def several(
    _: Operator,
    services: WithServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> SuppressionPage:
    """The latest first."""
    after = None if cursor is None else _place(cursors.unpack(cursor, of=LIST))
    found = await suppressions.page(services.database, limit=limit + 1, after=after)
    shown = found[:limit]
    following = cursors.pack([shown[-1].since, shown[-1].address], of=LIST) if len(found) > limit else None
    return SuppressionPage(items=[_view(one) for one in shown], next=following)


async def lift(address: Annotated[str, Path(max_length=500)], operator: Operator, services: WithServices) -> None:
    """Mail goes there again. What happened before does not stop it a second time, what happens next does."""
    if not await suppressions.lift(services.database, address, by=operator.id, now=services.world.now()):
        raise Problem(404, None, "This address is not suppressed.")


def _place(data: object) -> Place:
    match data:
        # A lone surrogate, which no query can hold, is not printable.
        case [int(since), str(address)] if type(since) is int and abs(since) < 2**53 and address.isprintable():
            return Place(since, address)
    raise cursors.unknown()


def _view(one: Suppression) -> SuppressionView:
    return SuppressionView.model_validate(
        {
            "address": one.address,
            "state": one.state,
            "since": instant(one.since),
            "job": one.run,
            "resend_id": one.resend_id,
        }
    )


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/suppressions", tags=["mail"])
    made.add_api_route("", several, summary="Addresses that get no mail", responses=problems(400, 401, 403, 422))
    made.add_api_route(
        "/{address:path}",  # a local part may hold a slash
        lift,
        methods=["DELETE"],
        status_code=204,
        summary="Let an address get mail again",
        responses=problems(401, 403, 404, 422),
    )
    return made
