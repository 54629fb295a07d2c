"""`search status | rebuild`: the search index of the stage that the environment names.

STAGE=local MONGODB_URI=.. STORAGE_ENDPOINT=.. python -m infra search rebuild
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shared.database import reachable
from shared.documents import backlog
from shared.errors import MillraceError
from shared.process import Process
from shared.search.source import Source

app = typer.Typer(no_args_is_help=True, help="The search index of the stage that STAGE and its variables name.")


@app.command()
def status() -> None:
    """How much is indexed, and how much waits since when."""
    typer.echo(_run(_status))


@app.command()
def rebuild() -> None:
    """Make the index anew from MongoDB and the texts, while searches and syncs go on. An interrupt changes nothing."""
    typer.echo(_run(_rebuild))


def _run(work: Callable[[Process], Awaitable[str]]) -> str:
    """An interrupt ends the work where it waits, and closes what it had open."""
    process = Process("search")

    async def whole() -> str:
        with closing(process.database.client), closing(process.storage):
            index = process.search
            try:
                return await work(process)
            finally:
                await index.close()

    try:
        with asyncio.Runner(loop_factory=lambda: process.loop) as runner:
            return runner.run(whole())
    except MillraceError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(1) from error
    finally:
        asyncio.set_event_loop(None)


async def _status(process: Process) -> str:
    sums = await process.search.sums()
    async with reachable():
        waiting, since = await backlog.waiting(process.database), await backlog.oldest(process.database)
    lag = 0.0 if since is None else max(0.0, process.world.now() - since / 1000)
    held = sum(part.count for part in sums.values())
    return f"{held} in the index; " + (f"{waiting} waiting, the longest for {lag:.0f} s" if waiting else "none waiting")


async def _rebuild(process: Process) -> str:
    source = Source(process.database, process.storage, process.log)
    async with reachable():
        total = await process.database.documents.count_documents({"deleted_at": None})
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("documents", total=total)
        await process.search.rebuild(source, lambda done: progress.update(task, completed=done))
    return await _status(process)
