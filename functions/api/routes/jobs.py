"""Runs, as those see them who asked for them: one, a list, and an end to it. Others' runs are not there."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from functions.api import cursors
from functions.api.documented import problems
from functions.api.limits import RouteLimits
from functions.api.principal import OPERATOR, Principal, Reader, Writer
from functions.api.problems import Problem
from functions.api.run_view import RunPage, RunView, view
from functions.api.services import Services, WithServices
from shared import degraded
from shared.errors import DependencyDown, RetryableError
from shared.rate_limits import Away, Limit
from shared.runs.model import FINAL, Run, State, read
from shared.runs.revive import cancel

TRIES: Final = 5

LIMITS: Final = RouteLimits(caller=Limit("cancel-caller", requests=120, seconds=60, away=Away.OPEN))
"""As fast as jobs can be started. Open without Redis: it ends work and begins none, and a repeat does nothing."""


async def one(run_id: str, principal: Reader, services: WithServices) -> RunView:
    """What was asked, how each attempt went, and what came of it."""
    return _view(services, await _own(services, run_id, principal))


async def several(
    principal: Reader,
    services: WithServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    state: State | None = None,
    cursor: Annotated[str | None, Query(max_length=cursors.LONGEST, description="`next` of the page before.")] = None,
) -> RunPage:
    """Your own, the newest first."""
    of = f"{principal.id} {state or ''}"
    wanted: dict[str, Any] = {"owner": principal.id} | ({"state": state.value} if state else {})
    if cursor is not None:
        place = cursors.decode(cursor, of=of)
        if place is None:
            raise Problem(400, "cursor", "The cursor is not one of this list.")
        wanted["$or"] = [{"created": {"$lt": place.created}}, {"created": place.created, "_id": {"$lt": place.id}}]
    found = services.database.runs.find(wanted).sort([("created", -1), ("_id", -1)]).limit(limit + 1)
    runs = [read(document) for document in await found.to_list(limit + 1)]
    shown = runs[:limit]
    more = len(runs) > limit
    following = cursors.encode(cursors.Place(shown[-1].created, shown[-1].id), of=of) if more else None
    return RunPage(items=[_view(services, run) for run in shown], next=following)


async def stop(run_id: str, principal: Writer, services: WithServices, response: Response) -> RunView:
    """At once (200) while nothing has run; else a request (202) that the job heeds when it next settles or begins."""
    for _ in range(TRIES):
        run = await _own(services, run_id, principal)
        if run.state in FINAL:
            raise Problem(409, "already-finished", f"The job has {run.state.value}, there is nothing to cancel.")
        changed = run if run.cancel else await cancel(services.database, run, by=principal.id)
        if changed is None:
            continue  # it moved while we looked
        if changed.state is State.CANCELLED:
            await _take_back(services, changed)
        else:
            response.status_code = 202
        return _view(services, changed)
    raise DependencyDown("mongodb", "the run kept moving", retry_after=2)


async def _take_back(services: Services, run: Run) -> None:
    """Spare QStash the delivery. If that fails no harm is done: a cancelled run is not worked on."""
    if not run.message_id:
        return
    try:
        await services.enqueuer.publisher.cancel(run.message_id)
    except RetryableError as error:
        degraded.to("qstash", "a cancelled run's message was left")
        services.log.warning("the message was left with QStash", extra={"run": run.id, "reason": error.message})


async def _own(services: Services, run_id: str, principal: Principal) -> Run:
    document = await services.database.runs.find_one({"_id": run_id})
    if document is None or (document["owner"] != principal.id and OPERATOR not in principal.scopes):
        raise Problem(404, None, "There is no such job, or it is not yours.")
    return read(document)


def _view(services: Services, run: Run) -> RunView:
    return view(run, services.enqueuer.contracts.get(run.job))


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/jobs", tags=["jobs"])
    made.add_api_route("", several, summary="Your jobs", responses=problems(400, 401, 403, 422))
    made.add_api_route("/{run_id}", one, summary="One job", responses=problems(401, 403, 404, 422))
    made.add_api_route(
        "/{run_id}/cancel",
        stop,
        methods=["POST"],
        summary="Cancel a job",
        dependencies=LIMITS.dependencies,
        responses=problems(401, 403, 404, 409, 422, 429)
        | {202: {"model": RunView, "description": "It was asked to stop."}},
    )
    return made
