"""A run as its owner may see it: what was asked (masked), how each attempt went, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.contract import Contract
from shared.runs.masking import shown
from shared.runs.model import FINAL, Run, State, instant


class ErrorView(BaseModel):
    code: str
    message: str


class AttemptView(BaseModel):
    started_at: datetime
    ended_at: datetime | None
    """None while it works, and for one that never came back."""
    outcome: str | None
    error: ErrorView | None


class ProgressView(BaseModel):
    """How far the work is, as its job last said."""

    done: int
    total: int | None
    """None where nobody knows."""
    what: str
    """What is counted."""
    at: datetime


class RunView(BaseModel):
    id: str
    job: str
    owner: str
    state: State
    progress: ProgressView | None
    """None before the job has said anything, and when the run has ended."""
    reason: str | None
    created_at: datetime
    due_at: datetime
    finished_at: datetime | None
    cancel_requested_at: datetime | None
    attempts: list[AttemptView]
    error: ErrorView | None
    dead_letter: str | None
    """QStash's id of the last message of it that was given up, until the run is replayed."""
    payload: Any
    """As it was asked for, with what the job keeps to itself as `***`."""
    result: Any


class RunPage(BaseModel):
    items: list[RunView]
    next: str | None
    """The `cursor` of the next page; null on the last one."""


def view(run: Run, contract: Contract[Any] | None) -> RunView:
    """`contract` is None for a job that this bundle no longer has: nobody can say what of it may be shown."""
    return RunView(
        id=run.id,
        job=run.job,
        owner=run.owner,
        state=run.state,
        progress=_progress(run),
        reason=run.reason,
        created_at=instant(run.created),
        due_at=instant(run.not_before),
        finished_at=_instant(run.finished),
        cancel_requested_at=_instant(run.cancel["at"]) if run.cancel else None,
        attempts=[_attempt(attempt) for attempt in run.attempts],
        error=_error(run.error) if run.state is not State.SUCCEEDED else None,
        dead_letter=run.dlq_id,
        payload=shown(run.payload, contract, run.version),
        result=shown(run.result, contract, run.version),
    )


def _progress(run: Run) -> ProgressView | None:
    said = run.progress if run.state not in FINAL else None
    return ProgressView.model_validate({**said, "at": instant(said["at"])}) if said else None


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
