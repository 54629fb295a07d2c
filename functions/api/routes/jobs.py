"""Runs, as those see them who asked for them: one, a list, and an end to it. Others' runs are not there.

Operators see everybody's, replay what has failed, and purge what has ended (shared/runs/operating.py).
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.api import cursors
from functions.api.cursors import Cursor
from functions.api.documented import problems
from functions.api.handing_over import hand_over_again
from functions.api.idempotency import Made, WithKey, once, replayed
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.operating import may_answer, operator, refusal
from functions.api.principal import OPERATOR, Operator, Principal, Reader, Writer
from functions.api.problems import Problem
from functions.api.run_filter import WithFilter
from functions.api.run_view import RunPage, RunView, view
from functions.api.services import Services, WithServices
from shared.database import Session
from shared.rate_limits import Away, Limit
from shared.runs import selecting
from shared.runs.acting import Refused
from shared.runs.model import Run, State, read
from shared.runs.operating import Outcome

LIMITS: Final = RouteLimits(caller=Limit("cancel-caller", requests=120, seconds=60, away=Away.OPEN))
"""As fast as jobs can be started. Open without Redis: it ends work and begins none, and a repeat does nothing."""
REPLAYS: Final = RouteLimits(caller=Limit("replay-caller", requests=60, seconds=60, away=Away.LOCAL))
"""One by one; many are an operation, which spreads them."""
PURGES: Final = RouteLimits(caller=Limit("purge-caller", requests=120, seconds=60, away=Away.LOCAL))


class ReplayRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"payload": {"audit": True}}]})

    payload: Annotated[dict[str, Any], Field(min_length=1)] | None = None
    """Fields that are to have another value; those that are left out stay. What a server has stamped can't be changed:
    its contract names what can (`editable`)."""


async def one(run_id: str, principal: Reader, services: WithServices) -> RunView:
    """What was asked, how each attempt went, and what came of it."""
    return _view(services, await _own(services, run_id, principal))


async def several(
    asked: WithFilter,
    services: WithServices,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Cursor = None,
) -> RunPage:
    """Your own, the newest first; an operator may ask for everyone's."""
    after = cursors.after(cursor, of=asked.of)
    runs = await selecting.page(services.database, asked.chosen, limit=limit + 1, after=after)
    shown = runs[:limit]
    more = len(runs) > limit
    following = cursors.encode(selecting.place(shown[-1]), of=asked.of) if more else None
    return RunPage(items=[_view(services, run) for run in shown], next=following)


async def stop(run_id: str, principal: Writer, services: WithServices, response: Response) -> RunView:
    """At once (200) while nothing has run; else a request (202) that the job heeds when it next settles or begins."""
    await _own(services, run_id, principal)
    done = await operator(services, principal).cancel(run_id)
    run = await _own(services, run_id, principal)
    if done.outcome is Outcome.REFUSED:
        raise Problem(409, "already-finished", f"The job has {run.state.value}, there is nothing to cancel.")
    if run.state is not State.CANCELLED:
        response.status_code = 202
    return _view(services, run)


async def replay(
    run_id: str,
    principal: Operator,
    services: WithServices,
    response: Response,
    *,
    keyed: WithKey,
    asked: ReplayRequest | None = None,
) -> RunView:
    """A run that has failed or was cancelled starts over: its next attempts, with all its tries and its own age.

    What it did before stays done: its effects know it by its id. Where another run has its business key by now it is
    refused, and so is one that has succeeded, or is live.
    """
    person = operator(services, principal)
    payload: Mapping[str, Any] | None = asked.payload if asked else None

    async def work(session: Session) -> tuple[tuple[Run, Run], str, str]:
        return await person.acting.replay(run_id, session, payload=payload), run_id, principal.id

    try:
        done = await once(services, keyed.by(principal.id), work)
    except Refused as no:
        raise refusal(no, "not-replayable", "replayed") from None
    if isinstance(done, Made):
        await person.replayed(*done.value)
    else:
        await hand_over_again(services, run_id)
        replayed(response)
    return _view(services, await _own(services, run_id, principal))


async def purge(run_id: str, principal: Operator, services: WithServices) -> None:
    """The record of a run that has ended is gone, with its payload, its result and its history. Its effects stay."""
    done = await operator(services, principal).purge(run_id)
    if done.outcome is Outcome.REFUSED:
        raise refusal(done, "not-purgeable", "purged")


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
    made.add_api_route(
        "/{run_id}/replay",
        replay,
        methods=["POST"],
        status_code=202,
        summary="Replay a job",
        dependencies=REPLAYS.dependencies,
        responses=idempotent(202, may_answer(400, 401, 403, 404, 422, 429, conflicts=("not-replayable", "key-taken"))),
    )
    made.add_api_route(
        "/{run_id}",
        purge,
        methods=["DELETE"],
        status_code=204,
        summary="Purge a job",
        dependencies=PURGES.dependencies,
        responses=may_answer(401, 403, 404, 422, 429, conflicts=("not-purgeable",)),
    )
    return made
