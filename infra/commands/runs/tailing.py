"""`runs tail`: runs as they change, a line each, until Ctrl-C."""

import typer
from rich.text import Text

from infra.commands import exits
from infra.commands.output import AsJson, as_json, console, say, word
from infra.commands.running import CommandProcess, run
from infra.commands.runs import options
from infra.commands.runs.following import Change, Following
from infra.commands.started import so_far
from shared.database import reachable
from shared.errors import RetryableError
from shared.runs.model import State, instant
from shared.text import one_line

LOOK = 1.0
"""Seconds between two looks."""


def tail(context: typer.Context, *, job: options.Job = None, json: AsJson = False) -> None:
    """Follow runs as they change, until Ctrl-C; first those that are live. With --json, one document a line."""
    try:
        run(context, lambda process: _follow(process, options.known(job), json=json))
    except exits.Interrupted:
        raise typer.Exit(exits.DONE) from None


async def _follow(process: CommandProcess, job: str | None, *, json: bool) -> None:
    following = Following(process.database, job)
    away = False
    while True:
        now = process.world.now()
        try:
            async with reachable():
                changes = await following.look(now=now)
        except RetryableError as error:
            if not away:
                say(f"{error.message}; trying on")
            changes, away = [], True
        else:
            away = False
        for change in changes:
            as_json(_data(change, now), line=True) if json else _print(change, now)
        await process.world.sleep(LOOK)


def _print(change: Change, now: float) -> None:
    run = change.run
    line = Text(f"{instant(round(now * 1000)):%H:%M:%S}  {one_line(run.id):<22}  {run.job:<16}  ")
    if change.was is not None and change.was is not run.state:
        line.append_text(word(change.was.value)).append(" → ")
    line.append_text(word(run.state.value))
    if remark := one_line(_remark(change)):
        line.append(f"  {remark}", "dim")
    console().print(line, soft_wrap=True)


def _remark(change: Change) -> str:
    run = change.run
    said = [f"try {run.tries}" if run.tries > 1 and run.state is State.RUNNING else "", so_far(run)]
    if run.state in {State.FAILED, State.RETRYING} and run.error:
        said.append(f"{run.error['code']}: {run.error['message']}")
    if run.cancel and run.state is not State.CANCELLED:
        said.append("asked to stop")
    return ", ".join(filter(None, said))


def _data(change: Change, now: float) -> dict[str, object]:
    run = change.run
    return {
        "at": instant(round(now * 1000)).isoformat(),
        "run": run.id,
        "job": run.job,
        "owner": run.owner,
        "was": change.was.value if change.was else None,
        "state": run.state.value,
        "tries": run.tries,
        "leg": run.leg,
        "epoch": run.epoch,
        "progress": run.progress,
        "error": run.error,
    }
