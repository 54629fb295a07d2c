"""Every error of the API is a problem document (RFC 9457), and says nothing that a caller sent.

    raise Problem(409, "already-finished", "The job has ended, there is nothing to cancel.")

`type` is a URN that programs tell problems by; `about:blank` where the status says it all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Scope

TYPES: Final = "urn:problem-type:millrace:"
MEDIA_TYPE: Final = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with a request. `pointer` is a JSON pointer (RFC 6901) into the part that `in` names."""

    model_config = ConfigDict(populate_by_name=True)

    part: Annotated[Literal["body", "query", "path", "header", "cookie"], Field(alias="in")]
    pointer: str
    detail: str


class ProblemBody(BaseModel):
    """What an error answers with (RFC 9457)."""

    model_config = ConfigDict(populate_by_name=True)

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    """What to name when asking about it: the same id is in the log."""
    errors: list[FieldError] | None = None
    """Which fields are wrong (400, 422)."""
    address: str | None = None
    """Whose link it is, masked (`confirmation-required`)."""
    violated_policies: Annotated[list[str] | None, Field(alias="violated-policies")] = None
    """Which policy of `RateLimit-Policy` refuses (`too-often`)."""
    made: str | None = None
    """The id of what the first request with the key has made (`answer-not-kept`)."""


@dataclass(eq=False)
class Problem(Exception):
    """Raised anywhere under a route; `more` are further members of the document."""

    status: int
    kind: str | None
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def invalid(*wrong: FieldError) -> Problem:
    """The request is read, and fields of it can't be taken."""
    errors = list(wrong)
    return Problem(422, "invalid", "Fields of the request are not as they must be.", more={"errors": errors})


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE


def respond(scope: Scope, problem: Problem) -> ProblemResponse:
    """The answer to a request that met the problem."""
    body = ProblemBody(
        type=f"{TYPES}{problem.kind}" if problem.kind else "about:blank",
        title=HTTPStatus(problem.status).phrase,
        status=problem.status,
        detail=problem.detail,
        request_id=scope["state"]["request_id"],
        **problem.more,
    )
    content = body.model_dump(by_alias=True, exclude_none=True)
    return ProblemResponse(content, status_code=problem.status, headers=dict(problem.headers))


def unavailable(retry_after: float | None) -> Problem:
    """A service that the API needs is away; which one is for our log."""
    seconds = str(max(1, round(retry_after or 5)))
    return Problem(
        503, "unavailable", "A service that this needs does not answer. Try again later.", {"Retry-After": seconds}
    )


def too_often(seconds: int, policy: str) -> Problem:
    return Problem(
        429,
        "too-often",
        "This was asked for too often. Try again later.",
        {"Retry-After": str(seconds)},
        {"violated_policies": [policy]},
    )
