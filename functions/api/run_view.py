"""A run as its owner may see it: what was asked (masked), how each attempt went, and what came of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from shared.contract import Contract
from shared.runs.model import Run, State, instant

MASK: Final = "***"


class ErrorView(BaseModel):
    code: str
    message: str


class AttemptView(BaseModel):
    started_at: datetime
    ended_at: datetime | None
    """None while it works, and for one that never came back."""
    outcome: str | None
    error: ErrorView | None


class RunView(BaseModel):
    id: str
    job: str
    state: State
    reason: str | None
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    cancel_requested_at: datetime | None
    attempts: list[AttemptView]
    error: ErrorView | None
    payload: Any
    """As it was asked for, with what the job keeps to itself as `***`."""
    result: Any


class RunPage(BaseModel):
    items: list[RunView]
    next: str | None
    """The `cursor` of the next page; null on the last one."""


def view(run: Run, contract: Contract[Any] | None) -> RunView:
    """`contract` is None for a job that this bundle no longer has: nobody can say what of it may be shown."""
    hidden = contract.masked if contract else None
    return RunView(
        id=run.id,
        job=run.job,
        state=run.state,
        reason=run.reason,
        created_at=instant(run.created),
        due_at=instant(run.not_before),
        finished_at=_instant(run.finished),
        cancel_requested_at=_instant(run.cancel["at"]) if run.cancel else None,
        attempts=[_attempt(attempt) for attempt in run.attempts],
        error=_error(run.error) if run.state is not State.SUCCEEDED else None,
        payload=_shown(run.payload, hidden),
        result=_shown(run.result, hidden),
    )


def _attempt(attempt: Mapping[str, Any]) -> AttemptView:
    return AttemptView(
        started_at=instant(attempt["started"]),
        ended_at=_instant(attempt.get("ended")),
        outcome=attempt.get("outcome"),
        error=_error(attempt.get("error")),
    )


def _error(error: Mapping[str, Any] | None) -> ErrorView | None:
    return ErrorView(code=str(error["code"]), message=str(error["message"])) if error else None


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else instant(milliseconds)


def _shown(data: str | None, hidden: frozenset[str] | None) -> Any:
    if data is None:
        return None
    return MASK if hidden is None else mask(json.loads(data, parse_constant=lambda _: None), hidden)


def mask(value: Any, hidden: frozenset[str]) -> Any:
    """The value with every field of a hidden name covered, however deep it lies."""
    if isinstance(value, dict):
        return {name: MASK if name in hidden else mask(inner, hidden) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner, hidden) for inner in value]
    return value
