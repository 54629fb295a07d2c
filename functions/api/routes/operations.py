"""What operators do to many runs at once, and the log of all that people have done.

An operation goes on where the one before it stopped: what it has acted on is no longer what its filter names. So a
request whose answer was lost is sent again as it was, and one that says `left` too.
"""

from contextlib import aclosing
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from functions.api import cursors
from functions.api.cursors import Cursor
from functions.api.documented import problems
from functions.api.limits import RouteLimits
from functions.api.operating import operator
from functions.api.principal import Operator
from functions.api.run_filter import RunFilter
from functions.api.run_view import RunView, view
from functions.api.services import Services, WithServices
from shared import audit
from shared.paging import Place
from shared.rate_limits import Away, Limit
from shared.runs.model import Run, instant
from shared.runs.operating import RATE, Action, Done, Outcome

LIMITS: Final = RouteLimits(caller=Limit("operations-caller", requests=30, seconds=60, away=Away.LOCAL))
"""With the most runs of each."""
MOST: Final = 200
BEGIN_BY: Final = 5.0
"""Seconds after which no more is begun: a page that is on its way must end in a request's time (guard.py)."""


class OperationRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "action": "replay",
                    "filter": {"status": ["failed"], "job": "analyze_document", "code": "dependency_down"},
                    "preview": False,
                    "most": 100,
                    "rate": 5,
                }
            ]
        },
    )

    action: Action
    filter: RunFilter
    """Of these, those that the action is for: `replay` of what has failed or was cancelled, `cancel` of what has not
    ended, `purge` of what has. Crons' own runs are not among them."""
    preview: Annotated[bool, Field(strict=True)] = True
    """Only say what would be met. It has to be `false` for anything to happen."""
    most: Annotated[int, Field(ge=1, le=MOST)] = 100
    rate: Annotated[float, Field(ge=0.1, le=100)] = RATE
    """Replays that begin in a second."""


class DoneView(BaseModel):
    id: str
    outcome: Outcome
    why: str | None
    """Of a refusal."""


class Previewed(BaseModel):
    """What would be met."""

    count: int
    first: list[RunView]
    """The newest of them."""


class Operated(BaseModel):
    """What was done."""

    done: list[DoneView]
    left: int
    """How many there are still: those that were refused, and those that the same request would go on with."""


class ActView(BaseModel):
    id: str
    at: datetime
    by: str
    """A user's or a key's id (`key:..`), or `command line`."""
    action: str
    subject: str
    """What it was done to: the id of a run, the name of an address .."""
    what: Any
    """More of it: never a payload's content, but the names of the fields that were changed."""


class ActPage(BaseModel):
    items: list[ActView]
    next: str | None
    """The `cursor` of the next page; null on the last one."""


async def operate(asked: OperationRequest, principal: Operator, services: WithServices) -> Previewed | Operated:
    """Replays, cancels or purges many runs, the newest first; or tells which it would."""
    person, chosen = operator(services, principal), asked.filter.chosen()
    if asked.preview:
        found = await person.preview(chosen, asked.action)
        return Previewed(count=found.count, first=[_run(services, run) for run in found.first])
    monotonic = services.world.monotonic
    ends = monotonic() + BEGIN_BY
    done: list[Done] = []
    async with aclosing(person.many(asked.action, chosen, most=asked.most, rate=asked.rate)) as acts:
        async for one in acts:
            done.append(one)
            if monotonic() >= ends:
                break
    left = await person.preview(chosen, asked.action)
    items = [DoneView(id=one.run, outcome=one.outcome, why=one.why) for one in done]
    return Operated(done=items, left=left.count)


async def several(
    principal: Operator,
    services: WithServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    subject: Annotated[
        str | None, Query(min_length=1, max_length=400, description="Only what was done to this.")
    ] = None,
    cursor: Cursor = None,
) -> ActPage:
    """Who has done what, the latest first: to runs, keys, addresses and users. It is kept for a year."""
    of = f"{principal.id} acts {subject or ''}"
    after = cursors.after(cursor, of=of)
    found = await audit.page(services.database, limit=limit + 1, subject=subject, after=after)
    shown = found[:limit]
    more = len(found) > limit
    following = cursors.encode(Place(shown[-1].at, shown[-1].id), of=of) if more else None
    return ActPage(items=[_act(entry) for entry in shown], next=following)


def _run(services: Services, run: Run) -> RunView:
    return view(run, services.enqueuer.contracts.get(run.job))


def _act(entry: audit.Entry) -> ActView:
    act = entry.act
    return ActView(id=entry.id, at=instant(entry.at), by=act.by, action=act.action, subject=act.subject, what=act.what)


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/operations", tags=["operations"])
    made.add_api_route(
        "",
        operate,
        methods=["POST"],
        summary="Replay, cancel or purge many jobs",
        dependencies=LIMITS.dependencies,
        responses=problems(400, 401, 403, 422, 429),
    )
    made.add_api_route("", several, summary="What people have done", responses=problems(400, 401, 403, 422))
    return made
