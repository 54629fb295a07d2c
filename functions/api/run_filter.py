"""Which runs a caller asks for: in the query of a list, or in the body of an operation on many."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from functions.api.principal import OPERATOR, Reader
from functions.api.problems import Problem
from shared.runs.model import State, milliseconds
from shared.runs.selecting import Filter

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A job's, an owner's, an error's code. Where there is none of that name, no run is found."""

_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def _text(value: object) -> object:
    """Pydantic would take a number, too, and guess whether it is in seconds."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and _RFC_3339.fullmatch(value)):
        raise PydanticCustomError("date_time", "must be a date and time as in RFC 3339, with its offset")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_text)]


class RunFilter(BaseModel):
    """Every part that is given must hold; whose the runs are makes no difference but by `owner`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"status": ["failed"], "job": "analyze_document", "code": "dependency_down"}]},
    )

    status: tuple[State, ...] = ()
    """None given: any."""
    job: Name | None = None
    owner: Name | None = None
    code: Name | None = None
    """Of the last error."""
    since: Moment | None = None
    until: Moment | None = None
    """When they were accepted: not at this moment, but before."""

    def chosen(self) -> Filter:
        return Filter(
            states=self.status,
            job=self.job,
            owner=self.owner,
            code=self.code,
            since=milliseconds(self.since) if self.since else None,
            until=milliseconds(self.until) if self.until else None,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """`of` names the list: a cursor of another one is refused."""

    chosen: Filter
    of: str


async def _asked(
    principal: Reader,
    *,
    status: Annotated[
        list[State] | None, Query(max_length=len(State), description="Any of them, where it is given more than once.")
    ] = None,
    everyone: Annotated[bool, Query(description="Not only your own: for operators.")] = False,
    owner: Annotated[Name | None, Query(description="Only this one's: for operators.")] = None,
    job: Annotated[Name | None, Query(description="The job's name, as in `send_email`.")] = None,
    code: Annotated[Name | None, Query(description="Of the last error, as in `dependency_down`.")] = None,
    since: Annotated[Moment | None, Query(description="Accepted then, or later.")] = None,
    until: Annotated[Moment | None, Query(description="Accepted before.")] = None,
) -> Asked:
    if (everyone or owner is not None) and OPERATOR not in principal.scopes:
        wanted = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{OPERATOR}"'}
        raise Problem(403, "scope", f"Others' jobs take the scope {OPERATOR}.", wanted)
    asked = RunFilter(
        status=tuple(dict.fromkeys(status or ())),
        job=job,
        owner=owner if owner is not None or everyone else principal.id,
        code=code,
        since=since,
        until=until,
    )
    return Asked(asked.chosen(), of=f"{principal.id} {asked.model_dump_json(exclude_none=True)}")


WithFilter = Annotated[Asked, Depends(_asked)]
