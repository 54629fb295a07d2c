"""`search status | rebuild | audit`: the stage's search index.

`rebuild` is done here, because only a person asks for it. `audit` is not: it starts the job that crons start, so that
what it repairs is repaired by one that knows the caches, has the index's disk, and waits for its turn.
"""

from collections.abc import Mapping
from typing import Any

import typer

from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from functions.sync_search.contract import SyncSearch
from infra.commands import exits
from infra.commands.output import AsJson, as_json, counted, result, say
from infra.commands.progress import bar
from infra.commands.running import CommandProcess, run
from infra.commands.started import followed, outcome
from shared.documents import backlog

app = typer.Typer(no_args_is_help=True, help="The search index: how it is, made anew, compared with MongoDB.")


@app.command()
def status(context: typer.Context, *, json: AsJson = False) -> None:
    """How much is indexed, and how much waits since when."""
    _tell(run(context, _status), json=json)


@app.command()
def rebuild(context: typer.Context, *, json: AsJson = False) -> None:
    """Make the index anew from MongoDB and the texts, while searches and syncs go on. An interrupt changes nothing."""
    _tell(run(context, _rebuild), json=json)


@app.command()
def audit(context: typer.Context, *, json: AsJson = False) -> None:
    """Start a run of sync_search that compares both sides and repairs what differs. Exit code 3: it found drift."""
    ended = run(context, lambda process: followed(process, SYNC_SEARCH, SyncSearch(audit=True)))
    found: Mapping[str, Any] = outcome(ended) or {}
    if json:
        as_json({"run": ended.id, "state": ended.state.value, "reason": ended.reason, "result": found or None})
    elif found:
        result(
            f"{counted(found['compared'], 'document')} compared, {found['drifted']} had drifted and are repaired, "
            f"{found['indexed']} indexed, {found['removed']} removed, {found['left']} left out"
        )
    if not found:
        say(f"The audit has {ended.state.value}: {ended.reason}")
        raise typer.Exit(exits.FAILED)
    raise typer.Exit(exits.NOT_SO if found["drifted"] or found["left"] else exits.DONE)


def _tell(found: Mapping[str, Any], *, json: bool) -> None:
    if json:
        as_json(found)
        return
    waits = f"{found['waiting']} waiting, the longest for {found['lag_seconds']:.0f} s"
    result(f"{found['indexed']} in the index; {waits if found['waiting'] else 'none waiting'}")


async def _status(process: CommandProcess) -> Mapping[str, Any]:
    sums = await process.search.sums()
    waiting, since = await backlog.waiting(process.database), await backlog.oldest(process.database)
    lag = 0.0 if since is None else max(0.0, process.world.now() - since / 1000)
    return {"indexed": sum(part.count for part in sums.values()), "waiting": waiting, "lag_seconds": round(lag, 3)}


async def _rebuild(process: CommandProcess) -> Mapping[str, Any]:
    from shared.search.source import Source

    source = Source(process.database, process.storage, process.log)
    total = await process.database.documents.count_documents({"deleted_at": None})
    with bar("documents", total) as moved:
        await process.search.rebuild(source, moved)
    return await _status(process)
