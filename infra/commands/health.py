"""`health`: what the last turn of the checks found. Exit code 0 where all is well, 3 where not."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from infra.commands import exits
from infra.commands.output import AsJson, as_json, display, table, word
from infra.commands.running import CommandProcess, run
from infra.commands.times import ago, length
from shared.config import HousekeepingSettings, load
from shared.health import records
from shared.health.backlogs import backlogs
from shared.health.model import Backlog, Health, Status
from shared.text import one_line


def health(context: typer.Context, *, json: AsJson = False) -> None:
    """How the stage is, since when and why; its dependencies, and what waits. Exit code 3: it is not healthy."""
    found, waits, stale, now = run(context, _read)
    well = found is not None and found.status is Status.HEALTHY and not stale
    if json:
        as_json(_data(found, waits, stale=stale))
    else:
        display(_told(found, waits, stale=stale, now=now))
    raise typer.Exit(exits.DONE if well else exits.NOT_SO)


async def _read(process: CommandProcess) -> tuple[Health | None, Mapping[str, Backlog], bool, float]:
    now = process.world.now()
    period = records.PERIOD / load(HousekeepingSettings).time_scale
    found = await records.read(process.database)
    return found, await backlogs(process.database, now), records.stale(found, now=now, period=period), now


def _told(found: Health | None, waits: Mapping[str, Backlog], *, stale: bool, now: float) -> RenderableType:
    counts = table(("waits", "now", "oldest"), [_waits(name, one, now) for name, one in waits.items()])
    if found is None:
        return Group(Text.assemble(("unknown", "yellow"), ": never checked yet; check_health is a cron\n"), counts)
    rows = [
        (name, word(part.status.value), ago(part.since, now=now), _latency(part.latency), part.why)
        for name, part in found.parts.items()
    ]
    parts = table(("part", "is", "since", "took", ""), rows, loose=("",), folded=True)
    why = [Text(f"  {one_line(reason)}", overflow="fold") for reason in found.why]
    return Group(_headline(found, stale=stale, now=now), *why, Text(), parts, Text(), counts)


def _headline(found: Health, *, stale: bool, now: float) -> Text:
    line = Text.assemble(word(found.status.value), f" for {length(now * 1000 - found.since)}, ")
    checked = f"checked {ago(found.checked_at, now=now)}"
    return line.append(f"{checked}: the checks do not run any more", "red") if stale else line.append(checked)


def _latency(milliseconds: int | None) -> str:
    return "" if milliseconds is None else length(milliseconds)


def _waits(name: str, one: Backlog, now: float) -> tuple[str, Text, str]:
    return name, Text(str(one.count), "" if one.count else "dim"), ago(one.oldest, now=now)


def _data(found: Health | None, waits: Mapping[str, Backlog], *, stale: bool) -> Mapping[str, Any]:
    """`backlogs` are as of now; what was judged are those of the last turn."""
    counted = {name: asdict(one) for name, one in waits.items()}
    if found is None:
        return {"status": None, "stale": stale, "backlogs": counted}
    told = {name: value for name, value in asdict(found).items() if name != "turn"}
    return {**told, "stale": stale, "backlogs": counted}
