"""Erasing a user: they for themselves, or an operator for them. A job removes what there is of them everywhere.

The door is closed before the answer is given: their sessions and links open nothing from then on (erasing.py), the
person's own session included. So the person is told the job's id and can't watch it; an operator can.
"""

from typing import Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from functions.api import erasing
from functions.api.documented import Responses, problems
from functions.api.handing_over import hand_over_soon
from functions.api.limits import RouteLimits
from functions.api.principal import Operator, Person
from functions.api.problems import Problem
from functions.api.services import Services, WithServices
from shared.rate_limits import Away, Limit

LIMITS: Final = RouteLimits(caller=Limit("erase-caller", requests=60, seconds=60, away=Away.OPEN))
"""An operator's mistake in a loop is slowed down. Open without Redis: nobody is kept from leaving by an outage."""

_LOCATION: Final[Responses] = {
    202: {"headers": {"Location": {"description": "Where the job is watched.", "schema": {"type": "string"}}}}
}


class ErasureAccepted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job": "4w8sUe0yKcPzT0F1zQ0X2g"}]})

    job: str
    """The run's id: operators can tell by it what became of it."""


async def erase_own(person: Person, services: WithServices) -> ErasureAccepted:
    """Signs you out everywhere, at once and for good, and removes all that you have here. There is no way back.

    The address may sign in again at any time, as somebody new.
    """
    return await _erase(services, person.id, by=person.id)


async def erase(user_id: str, operator: Operator, services: WithServices, response: Response) -> ErasureAccepted:
    """The same for any user. Asked for again, it is the same job."""
    accepted = await _erase(services, user_id, by=operator.id)
    response.headers["Location"] = f"/v1/jobs/{accepted.job}"
    return accepted


async def _erase(services: Services, user: str, *, by: str) -> ErasureAccepted:
    run = await erasing.close(
        services.database,
        user,
        by=by,
        enqueuer=services.enqueuer,
        world=services.world,
        wait=services.requests_end,
    )
    if run is None:
        raise Problem(404, None, "There is no such user.")
    await hand_over_soon(services, run)
    return ErasureAccepted(job=run.id)


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/users", tags=["users"])
    made.add_api_route(
        "/me",
        erase_own,
        methods=["DELETE"],
        status_code=202,
        summary="Erase yourself",
        dependencies=LIMITS.dependencies,
        responses=problems(401, 403, 404, 429),
    )
    made.add_api_route(
        "/{user_id}",
        erase,
        methods=["DELETE"],
        status_code=202,
        summary="Erase a user",
        dependencies=LIMITS.dependencies,
        responses=_LOCATION | problems(401, 403, 404, 422, 429),
    )
    return made
