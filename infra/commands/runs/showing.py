"""`runs show`: the whole story of one run, as far as anybody has written it down."""

from collections.abc import Sequence
from typing import Annotated

import typer

from infra.commands import exits
from infra.commands.output import AsJson, as_json, display, say
from infra.commands.running import CommandProcess, run
from infra.commands.runs.story import Story, as_data, told
from shared import audit
from shared.audit import Entry
from shared.runs.model import Run, read

ENTRIES = 50
"""Of the audit log, the latest."""

RunId = Annotated[str, typer.Argument(metavar="RUN", help="Its id.", show_default=False)]


def show(
    context: typer.Context,
    run_id: RunId,
    *,
    payload: Annotated[
        bool, typer.Option("--payload", help="Also what its job keeps to itself: addresses, links.")
    ] = False,
    json: AsJson = False,
) -> None:
    """State, attempts, errors, dead letter, who did what to it, and what it was asked. Exit code 3: there is none."""
    found, now = run(context, lambda process: _story(process, run_id))
    if found is None:
        say(f"There is no run {run_id}. Finished runs are kept for 30 days.")
        raise typer.Exit(exits.NOT_SO)
    if json:
        as_json(as_data(found, unmasked=payload))
    else:
        display(told(found, now=now, unmasked=payload))


async def _story(process: CommandProcess, run_id: str) -> tuple[Story | None, float]:
    document = await process.database.runs.find_one({"_id": run_id})
    if document is None:
        return None, process.world.now()
    entries: Sequence[Entry] = await audit.page(process.database, subject=run_id, limit=ENTRIES)
    found: Run = read(document)
    return Story(found, entries), process.world.now()
