"""`schedules diff | apply`: the crons that serverless.yml declares, beside those that the stage's QStash has."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.text import Text

from infra.commands import exits
from infra.commands.asking import Yes, agreed
from infra.commands.output import AsJson, Cell, as_json, counted, display, result, table, word
from infra.commands.running import CommandProcess, run
from infra.commands.stage import chosen, service
from infra.schedules.differing import Difference, Kind, differences
from infra.schedules.model import Found, Schedule

app = typer.Typer(no_args_is_help=True, help="The crons: what serverless.yml declares, and what QStash has.")

DONE = {Kind.ADDED: "created", Kind.CHANGED: "updated", Kind.GONE: "deleted"}


@app.command()
def diff(context: typer.Context, *, json: AsJson = False) -> None:
    """What `apply` would do. Exit code 3 where there is a difference."""
    changes, found = run(context, _compared)
    if json:
        as_json([_view(one) for one in changes])
    elif changes:
        _show(changes)
    else:
        result(_all_alike(found))
    raise typer.Exit(exits.NOT_SO if changes else exits.DONE)


@app.command("apply")
def apply_(context: typer.Context, *, yes: Yes = False, json: AsJson = False) -> None:
    """Create, change and delete schedules until QStash has what is declared. A paused one stays paused."""
    changes, found = run(context, _compared)
    if changes:
        if not yes or not json:
            _show(changes, err=True)
        agreed(f"Make {counted(len(changes), 'change')} to the schedules of {chosen(context)}?", yes=yes)
        run(context, lambda _: _applied(changes, told=not json))
    elif not json:
        result(_all_alike(found))
    if json:
        as_json([_view(one) for one in changes])


async def _compared(process: CommandProcess) -> tuple[Sequence[Difference], Mapping[str, Found]]:
    from infra.commands.qstash import account
    from infra.schedules.addresses import addresses
    from infra.schedules.declared import declared

    said = service(process.name)
    async with account() as qstash:
        found = await qstash.found()
    # AWS is asked with nothing else going on: boto3 blocks.
    return differences(declared(said, addresses(said, os.environ)), found), found


async def _applied(changes: Sequence[Difference], *, told: bool) -> None:
    def tell(done: Difference) -> None:
        if told:
            result(f"{DONE[done.kind]} {done.id}")

    from infra.commands.qstash import account
    from infra.schedules.account import apply

    async with account() as qstash:
        await apply(qstash, changes, told=tell)


def _all_alike(found: Mapping[str, Found]) -> str:
    paused = [name for name, one in found.items() if one.paused]
    said = f"{counted(len(found), 'schedule')}, all as declared"
    return f"{said}; paused: {', '.join(sorted(paused))}" if paused else said


def _show(changes: Sequence[Difference], *, err: bool = False) -> None:
    columns = ("schedule", "kind", "cron", "body", "retries", "calls")
    display(table(columns, [_row(one) for one in changes], loose=("body", "calls")), err=err)


def _row(one: Difference) -> Sequence[Cell]:
    was = one.was.schedule if one.was else None
    about = [_changed(was, one.to, part) for part in ("cron", "body", "retries", "destination")]
    paused = " (paused)" if one.was and one.was.paused else ""
    return (f"{one.id}{paused}", word(one.kind), *about)


def _changed(was: Schedule | None, to: Schedule | None, part: str) -> Text:
    """Both where they differ, else the one."""
    before, after = (str(getattr(side, part)) if side else None for side in (was, to))
    if before is not None and after is not None and before != after:
        return Text.assemble((before or "-", "red"), " → ", (after or "-", "green"))
    return Text(after if after is not None else before or "")


def _view(one: Difference) -> Mapping[str, Any]:
    def plain(schedule: Schedule) -> Mapping[str, Any]:
        return {name: getattr(schedule, name) for name in Schedule.__slots__}

    return {
        "id": one.id,
        "kind": one.kind.value,
        "parts": one.parts,
        "was": {**plain(one.was.schedule), "paused": one.was.paused} if one.was else None,
        "to": plain(one.to) if one.to else None,
    }
