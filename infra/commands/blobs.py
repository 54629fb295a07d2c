"""`blobs sweep`: what the crons of cleanup_blobs do, here and now: it deletes the objects that nobody owns."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from functions.cleanup_blobs.contract import CleanupBlobs
from infra.commands import exits
from infra.commands.asking import Yes, agreed
from infra.commands.output import AsJson, as_json, counted, display, result, say, table
from infra.commands.progress import spinner
from infra.commands.running import CommandProcess, run
from infra.commands.stage import chosen

app = typer.Typer(no_args_is_help=True, help="The objects in the bucket: sweep those that nobody owns.")

SIZES = ("B", "kB", "MB", "GB", "TB")


@app.callback()
def blobs() -> None:
    """Makes `sweep` a command of its own although it is the only one."""


@app.command()
def sweep(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be marked and deleted.")] = False,
    bucket: Annotated[
        bool, typer.Option("--bucket", help="List the whole bucket too: mark what no record names, sweep what is due.")
    ] = False,
    most_share: Annotated[
        float | None,
        typer.Option(min=0.0001, max=1, help="In place of CLEANUP_MOST_SHARE, when you have looked at what would go."),
    ] = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Delete what is dead by its record; with --bucket, what has no record at all. First a dry run, and a question."""
    asked = CleanupBlobs(bucket=bucket, dry_run=True, most_share=most_share)
    if dry_run or not yes:
        found = run(context, lambda process: _clean(process, asked))
        if dry_run:
            _tell(found, json=json)
            return
        _print(found, err=True)
        agreed(f"Delete them from the bucket of {chosen(context)}?", yes=yes)
    done = run(context, lambda process: _clean(process, asked.model_copy(update={"dry_run": False})))
    _tell(done, json=json)
    if done["refused"] or done["failed"]:
        raise typer.Exit(exits.FAILED)


async def _clean(process: CommandProcess, asked: CleanupBlobs) -> Mapping[str, Any]:
    from functions.cleanup_blobs.direct import clean
    from functions.cleanup_blobs.progress import Progress

    what = "looking" if asked.dry_run else "sweeping"
    with spinner(what) as tell:

        def told(progress: Progress) -> None:
            gone = sum(count for count, _ in progress.deleted.values())
            words = "to delete" if asked.dry_run else "deleted"
            tell(f"{what}: {progress.phase or 'done'}, {progress.seen} seen, {progress.marked} marked, {gone} {words}")

        return await clean(process, asked, told)


def _tell(found: Mapping[str, Any], *, json: bool) -> None:
    if json:
        as_json(found)
    else:
        _print(found, err=False)


def _print(found: Mapping[str, Any], *, err: bool) -> None:
    out = say if err else result
    would = "would be " if found["dry_run"] else ""
    if found["deleted"]:
        rows = [(reason, str(one["count"]), size(one["bytes"])) for reason, one in found["deleted"].items()]
        display(table((f"{would}deleted", "objects", "size"), rows), err=err)
    else:
        out(f"nothing {'to delete' if would else 'was deleted'}")
    if found["seen"]:
        out(
            f"{counted(found['seen'], 'object')} seen ({size(found['bytes'])}): {found['marked']} {would}marked, "
            f"{found['unmarked']} owned again, {found['waiting']} marked and waiting, {found['foreign']} none of ours"
        )
    if found["refused"]:
        out(f"refused: {found['due']} are due, which is more than the share that may go at once (--most-share)")
    if found["failed"]:
        out(f"{found['failed']} could not be deleted; the next sweep tries again")


def size(count: float) -> str:
    """Bytes, in thousands as people count."""
    for unit in SIZES[:-1]:
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} {SIZES[-1]}"
