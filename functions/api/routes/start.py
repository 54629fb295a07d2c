"""Starting a job: one route for each contract with a public face, and the same 404 for all others (case 31).

What a caller sends is the face's model; the face's `authorize` decides, and stamps what no caller may choose.

A key stands for its request, whatever becomes of the run: after a failure or a cancellation the repeat still names that
run. Whoever repeats a request wants to know what came of it, and must not do by that what has failed once (and may have
had effects) a second time unawares; to start anew is another request, with another key.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError

from functions.api.documented import Responses, problems
from functions.api.handing_over import hand_over_again, hand_over_soon
from functions.api.idempotency import Made, WithKey, once, replayed
from functions.api.idempotency_documented import idempotent
from functions.api.limits import RouteLimits
from functions.api.principal import Principal, Writer
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared.contract import Contract, Payload, PublicFace
from shared.database import Session
from shared.rate_limits import Away, Limit
from shared.runs.model import Run, State

LIMITS: Final = RouteLimits(
    # Many callers may be behind one address; who has no live key is counted here too, before it is looked up.
    client=Limit("jobs-client", requests=600, seconds=60, away=Away.LOCAL),
    # Whoever has more to do starts one job that does it: a run costs a mail, or minutes of a Lambda.
    caller=Limit("jobs-caller", requests=120, seconds=60, away=Away.LOCAL),
)
"""One count for all jobs. Without Redis work is accepted all the same, half as fast from each process."""
COSTLY: Final = RouteLimits(
    client=LIMITS.client,
    # A model is paid by what it reads. How much a person's documents may take in a day is the job's own quota.
    caller=Limit("costly-jobs-caller", requests=60, seconds=600, away=Away.LOCAL),
)
"""A count of their own for jobs whose every run is paid for (PublicFace.costly)."""


_LOCATION: Final[Responses] = {
    202: {"headers": {"Location": {"description": "Where the job is watched.", "schema": {"type": "string"}}}}
}


class JobStarted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job": "4w8sUe0yKcPzT0F1zQ0X2g", "state": "pending"}]})

    job: str
    """The run's id."""
    state: State
    """As it was accepted; `Location` tells how it is now."""


def router(contracts: Mapping[str, Contract[Any]]) -> APIRouter:
    made = APIRouter(prefix="/v1/jobs", tags=["jobs"])
    for contract in contracts.values():
        if contract.public is not None:
            made.add_api_route(
                f"/{contract.name}",
                _start(contract, contract.public),
                methods=["POST"],
                status_code=202,
                name=f"start_{contract.name}",
                summary=f"Start {contract.name}",
                dependencies=(COSTLY if contract.public.costly else LIMITS).dependencies,
                responses=idempotent(202, _LOCATION | problems(400, 401, 403, 422, 429)),
            )
    made.add_api_route("/{job}", _nothing, methods=["POST"], dependencies=LIMITS.dependencies, include_in_schema=False)
    return made


def _start(contract: Contract[Any], face: PublicFace[Any]) -> Callable[..., Awaitable[JobStarted]]:
    async def start(
        asked: Any,
        principal: Writer,
        services: WithServices,
        response: Response,
        keyed: WithKey,
    ) -> JobStarted:
        payload = _payload(contract, face, principal, asked)
        run_id = services.world.token()

        async def work(session: Session) -> tuple[Run, str, str]:
            accepted = await services.enqueuer.accept(
                contract, payload, owner=principal.id, run_id=run_id, notify=principal.notify, session=session
            )
            return accepted.run, run_id, principal.id

        done = await once(services, keyed.by(principal.id), work)
        if isinstance(done, Made):
            await hand_over_soon(services, done.value)
        else:
            run_id = done.reference
            await hand_over_again(services, run_id)
            replayed(response)
        response.headers["Location"] = f"/v1/jobs/{run_id}"
        return JobStarted(job=run_id, state=State.PENDING)

    start.__annotations__["asked"] = face.model  # what FastAPI reads the body by
    return start


def _payload(contract: Contract[Any], face: PublicFace[Any], principal: Principal, asked: BaseModel) -> Payload:
    """What the job will be asked to do. Whatever is accepted reads the same when the job gets it."""
    try:
        payload: Payload = face.authorize(principal, asked)
        same = contract.reads_the_same(payload)
    except PermissionError:
        raise Problem(403, "not-allowed", "You may not start this job so.") from None
    except (ValidationError, PydanticSerializationError):
        same = False
    if not same:
        raise Problem(422, "invalid", "The job does not take this payload.")
    return payload


async def _nothing(job: str, principal: Writer) -> None:  # noqa: ARG001 - the path says it, the caller may be told it
    raise Problem(404, None, "There is nothing at this address.")
