"""Starting a job: one route for each contract with a public face, and the same 404 for all others (case 31).

What a caller sends is the face's model; the face's `authorize` decides, and stamps what no caller may choose.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError

from functions.api.documented import problems
from functions.api.handing_over import hand_over_soon
from functions.api.principal import Principal, Writer
from functions.api.problems import Problem
from functions.api.services import WithServices
from shared.contract import Contract, Payload, PublicFace
from shared.runs.model import State

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Starting again with the same key gives the first run, until that has failed or was cancelled.",
        pattern=r"^[\x21-\x7e]{1,200}$",
    ),
]


class JobStarted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"job": "4w8sUe0yKcPzT0F1zQ0X2g", "state": "queued"}]})

    job: str
    """The run's id."""
    state: State


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
                responses=problems(400, 401, 403, 422),
            )
    made.add_api_route("/{job}", _nothing, methods=["POST"], include_in_schema=False)
    return made


def _start(contract: Contract[Any], face: PublicFace[Any]) -> Callable[..., Awaitable[JobStarted]]:
    async def start(
        asked: Any,
        principal: Writer,
        services: WithServices,
        response: Response,
        idempotency_key: IdempotencyKey = None,
    ) -> JobStarted:
        accepted = await services.enqueuer.accept(
            contract,
            _payload(contract, face, principal, asked),
            owner=principal.id,
            key=f"api:{idempotency_key}" if idempotency_key else None,  # apart from keys that jobs use themselves
        )
        await hand_over_soon(services, accepted.run)
        response.headers["Location"] = f"/v1/jobs/{accepted.run.id}"
        return JobStarted(job=accepted.run.id, state=accepted.run.state)

    start.__annotations__["asked"] = face.model  # what FastAPI reads the body by
    return start


def _payload(contract: Contract[Any], face: PublicFace[Any], principal: Principal, asked: BaseModel) -> Payload:
    """What the job will be asked to do. Whatever is accepted reads the same when the job gets it."""
    try:
        payload: Payload = face.authorize(principal, asked)
        same = contract.payload.model_validate_json(payload.model_dump_json()) == payload
    except PermissionError:
        raise Problem(403, "not-allowed", "You may not start this job so.") from None
    except (ValidationError, PydanticSerializationError):
        same = False
    if not same:
        raise Problem(422, "invalid", "The job does not take this payload.")
    return payload


async def _nothing(job: str, principal: Writer) -> None:  # noqa: ARG001 - the path says it, the caller may be told it
    raise Problem(404, None, "There is nothing at this address.")
