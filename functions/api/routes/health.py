"""Whether the process answers, for everybody; and how the deployment is, for operators.

`GET /health` asks nobody: a monitor that calls it each second costs no one anything, and tells no one what we stand on.
`GET /v1/health` reads what the last turn of check_health has judged, and counts what waits now. It probes nothing
itself, so it is as quick while a service is silent. That a part is down is no error of this endpoint: it answers 200.
"""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from functions.api.documented import problems
from functions.api.principal import Operator
from functions.api.services import WithServices
from shared.health import records
from shared.health.backlogs import backlogs
from shared.health.model import Backlog, Part, Status
from shared.runs.model import instant


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class PartView(BaseModel):
    status: Status
    since: datetime
    why: str | None
    latency: int | None
    """Milliseconds, of the last probe."""


class BacklogView(BaseModel):
    count: int
    oldest_at: datetime | None
    """Since when the one that has waited longest; null where nothing waits."""


class DeepHealth(BaseModel):
    status: Status | None
    """Null before the first turn of the checks."""
    since: datetime | None
    why: list[str]
    """A line for each part that is not healthy, the worst first."""
    checked_at: datetime | None
    stale: bool
    """The checks do not run: what is told here was so once."""
    parts: dict[str, PartView]
    backlogs: dict[str, BacklogView]
    """Counted now."""


async def health() -> Health:
    return Health()


async def deep(_: Operator, services: WithServices) -> DeepHealth:
    """As the checks have judged it, every five minutes; `stale` says that they have ceased."""
    known = await records.read(services.database)
    now = services.world.now()
    waiting = await backlogs(services.database, now)
    return DeepHealth(
        status=known.status if known else None,
        since=instant(known.since) if known else None,
        why=list(known.why) if known else [],
        checked_at=instant(known.checked_at) if known else None,
        stale=records.stale(known, now=now, period=services.checked_every),
        parts={name: _part(part) for name, part in known.parts.items()} if known else {},
        backlogs={name: _backlog(backlog) for name, backlog in waiting.items()},
    )


def _part(part: Part) -> PartView:
    return PartView(status=part.status, since=instant(part.since), why=part.why or None, latency=part.latency)


def _backlog(backlog: Backlog) -> BacklogView:
    return BacklogView(count=backlog.count, oldest_at=None if backlog.oldest is None else instant(backlog.oldest))


def router() -> APIRouter:
    made = APIRouter(tags=["service"])
    made.add_api_route("/health", health, summary="Is it there?")
    made.add_api_route("/v1/health", deep, summary="How is it?", responses=problems(401, 403))
    return made
