"""`runs list`: the newest first, a line each."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from infra.commands.output import AsJson, Cell, as_json, console, display, result, say, table, word
from infra.commands.running import CommandProcess, run
from infra.commands.runs import options
from infra.commands.runs.told import as_data
from infra.commands.started import so_far
from infra.commands.times import length
from shared.runs import selecting
from shared.runs.model import Run, State
from shared.runs.selecting import Filter

NARROW = 100
"""Columns of a terminal that has no room for the owner."""


def several(
    context: typer.Context,
    *,
    status: options.Status = None,
    job: options.Job = None,
    owner: options.Owner = None,
    code: options.Code = None,
    since: options.Since = None,
    until: options.Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    json: AsJson = False,
) -> None:
    """The newest runs first, everybody's."""
    wanted = options.wanted(status=status, job=job, owner=owner, code=code, since=since, until=until)
    found, count, now = run(context, lambda process: _several(process, wanted, limit))
    if json:
        as_json([as_data(one) for one in found])
    elif found:
        display(runs_table(found, now=now))
    else:
        result("no runs")
    if count > len(found):
        say(f"the newest {len(found)} of {count}; --limit shows more")


async def _several(process: CommandProcess, wanted: Filter, limit: int) -> tuple[Sequence[Run], int, float]:
    found = await selecting.page(process.database, wanted, limit=limit)
    count = await selecting.count(process.database, wanted) if len(found) == limit else len(found)
    return found, count, process.world.now()


def runs_table(runs: Sequence[Run], *, now: float) -> Table:
    columns = ["run", "job", "state", "age"]
    wide = console().width >= NARROW
    return table(
        [*columns, *(["owner"] if wide else []), ""],
        [
            (
                one.id,
                one.job,
                word(one.state.value),
                length(now * 1000 - one.created),
                *([one.owner] if wide else []),
                _remark(one),
            )
            for one in runs
        ],
        loose=("job", "owner", ""),
    )


def _remark(one: Run) -> Cell:
    """What there is to know of it at a glance."""
    if one.state is State.RUNNING:
        return so_far(one)
    if one.state in {State.FAILED, State.RETRYING} and one.error:
        return f"{one.error['code']}: {one.error['message']}"
    if one.state is State.SUCCEEDED:
        return ""
    return "asked to stop" if one.cancel and one.state is not State.CANCELLED else one.reason or ""
