"""`runs replay | cancel | purge`: what each is asked, and no more; acting.py does it."""

import json as documents
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.commands.asking import Yes
from infra.commands.output import AsJson
from infra.commands.runs import options
from infra.commands.runs.acting import act
from shared.runs.operating import RATE, Action

RunId = Annotated[str | None, typer.Argument(metavar="RUN", help="One run's id, in place of a filter.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="At most so many in one go.")]
Rate = Annotated[float, typer.Option("--rate", min=0.01, max=1000, help="How many begin a second.")]
PayloadFile = Annotated[
    Path | None,
    typer.Option(
        "--payload", exists=True, dir_okay=False, metavar="FILE", help="JSON: the fields that get another value."
    ),
]


def replay(
    context: typer.Context,
    run_id: RunId = None,
    *,
    payload: PayloadFile = None,
    status: options.Status = None,
    job: options.Job = None,
    owner: options.Owner = None,
    code: options.Code = None,
    since: options.Since = None,
    until: options.Until = None,
    limit: Limit = 1000,
    rate: Rate = RATE,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Start failed or cancelled runs over, with a whole budget of tries."""
    wanted = options.wanted(status=status, job=job, owner=owner, code=code, since=since, until=until)
    if payload and not run_id:
        raise typer.BadParameter("an edited payload is for one run: name it", param_hint="--payload")
    edit = _fields(payload) if payload else None
    act(context, Action.REPLAY, run_id, wanted, limit=limit, rate=rate, yes=yes, json=json, payload=edit)


def cancel(
    context: typer.Context,
    run_id: RunId = None,
    *,
    status: options.Status = None,
    job: options.Job = None,
    owner: options.Owner = None,
    code: options.Code = None,
    since: options.Since = None,
    until: options.Until = None,
    limit: Limit = 1000,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """End runs that have not begun, and ask those that have to stop."""
    wanted = options.wanted(status=status, job=job, owner=owner, code=code, since=since, until=until)
    act(context, Action.CANCEL, run_id, wanted, limit=limit, yes=yes, json=json)


def purge(
    context: typer.Context,
    run_id: RunId = None,
    *,
    status: options.Status = None,
    job: options.Job = None,
    owner: options.Owner = None,
    code: options.Code = None,
    since: options.Since = None,
    until: options.Until = None,
    limit: Limit = 1000,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Delete the records of runs that have ended, and their dead letters. What they have done stays done."""
    wanted = options.wanted(status=status, job=job, owner=owner, code=code, since=since, until=until)
    act(context, Action.PURGE, run_id, wanted, limit=limit, yes=yes, json=json)


def _fields(path: Path) -> Mapping[str, Any]:
    try:
        found = documents.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{path} is no JSON: {error}", param_hint="--payload") from error
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{path} holds no object of fields", param_hint="--payload")
    return found
