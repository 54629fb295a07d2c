"""`bootstrap`: the bucket, MongoDB, QStash and Resend as the code declares them: what differs is shown, then done."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from infra.bootstrap.apply import Done, apply
from infra.bootstrap.look import Looked, look
from infra.bootstrap.model import Change, Kind, Secret
from infra.commands import exits
from infra.commands.asking import Yes, agreed
from infra.commands.output import AsJson, Cell, as_json, counted, display, result, say, table, word
from infra.commands.progress import bar, spinner
from infra.commands.running import run
from infra.commands.stage import chosen, missing
from shared.config import Stage
from shared.errors import ConfigurationError, MillraceError
from shared.text import one_line

ALIKE: Final = "all as declared"
DONE: Final = {Kind.ADDED: "made", Kind.CHANGED: "changed", Kind.GONE: "removed"}

Check = Annotated[bool, typer.Option("--check", "--dry-run", help="Only show. Exit code 3 where something differs.")]
Prune = Annotated[bool, typer.Option("--prune", help="Remove, too, what is there and not declared (no data).")]


def bootstrap(
    context: typer.Context, *, check: Check = False, prune: Prune = False, yes: Yes = False, json: AsJson = False
) -> None:
    """Bring the bucket, MongoDB, QStash and Resend to what the code declares. A second time it changes nothing."""
    from infra.bootstrap.parts import parts

    stage = chosen(context)
    with spinner("looking"):
        found = run(context, lambda process: look(parts(process), prune=prune))
    changes = [change for looked in found for change in looked.to_do]
    if not json or (changes and not check and not yes):
        _show(found, stage, err=json or (bool(changes) and not check))
    done: list[Done] = []
    if changes and not check:
        agreed(f"Make {counted(len(changes), 'change')} to what {stage} stands on?", yes=yes)
        try:
            _apply(context, found, done, len(changes))
        finally:  # interrupted as well: what was done is done, and a secret is told only now
            _tell(done, stage, quiet=json)
    if json:
        as_json(_view(found, done, stage))
    if any(looked.failure for looked in found) or any(one.failure for one in done):
        raise typer.Exit(exits.FAILED)
    raise typer.Exit(exits.NOT_SO if check and not all(looked.alike for looked in found) else exits.DONE)


def _apply(context: typer.Context, found: Sequence[Looked], done: list[Done], number: int) -> None:
    from infra.bootstrap.parts import parts

    with bar("bootstrap", number) as tell:

        def told(one: Done) -> None:
            done.append(one)
            tell(len(done))

        run(context, lambda process: apply(parts(process), found, told=told))


def _show(found: Sequence[Looked], stage: Stage, *, err: bool) -> None:
    rows = [_row(looked.part, change) for looked in found for change in looked.changes]
    if rows:
        display(table(("part", "what", "is", "change"), rows, loose=("what", "change")), err=err)
    if any(change.kind is Kind.EXTRA and change.plan is not None for looked in found for change in looked.changes):
        say("what is extra stays as it is; --prune removes it, but for what holds data or a person has set")
    for looked in found:
        if looked.failure:
            say(f"{looked.part} could not be looked at: {_why(looked.failure, stage)}")
    if alike := [looked.part for looked in found if looked.alike]:
        (say if rows else result)(f"{', '.join(alike)}: {ALIKE}")


def _row(part: str, change: Change) -> Sequence[Cell]:
    was, to = one_line(change.was), one_line(change.to)
    sides = Text.assemble((was, "red"), " → ", (to, "green")) if was and to else Text(to or was)
    return (part, change.what, word(change.kind.value), sides)


def _tell(done: Iterable[Done], stage: Stage, *, quiet: bool) -> None:
    for one in done:
        if one.failure:
            say(f"not done: {one.part} {one_line(one.change.what)}: {_why(one.failure, stage)}")
        elif not quiet:
            result(f"{DONE[one.change.kind]} {one.part} {one_line(one.change.what)}")
        if one.secret:
            _tell_secret(one.secret, stage)


def _tell_secret(secret: Secret, stage: Stage) -> None:
    """To a person who looks, and to no pipe: what reads there may keep it. Colour may be forced, a terminal not."""
    where = f"{secret.name} in the stage's secret millrace/{stage}, under a new SECRETS_VERSION; then deploy"
    if sys.stdout.isatty():
        say(f"It signs with this secret, which is shown this once. It goes into {where}:")
        result(secret.value)
    else:
        say(f"It signs with a secret that its page at Resend shows, and no pipe. It goes into {where}.")


def _why(error: MillraceError, stage: Stage) -> str:
    return f"{error.message} ({missing(stage)})" if isinstance(error, ConfigurationError) else error.message


def _view(found: Sequence[Looked], done: Sequence[Done], stage: Stage) -> Mapping[str, Any]:
    changes = [(looked.part, one) for looked in found for one in looked.changes]
    failed = [(looked.part, "", looked.failure) for looked in found if looked.failure]
    failed += [(one.part, one.change.what, one.failure) for one in done if one.failure]
    return {
        "changes": [
            {"part": part, "what": one.what, "kind": one.kind.value, "was": one.was, "to": one.to}
            for part, one in changes
        ],
        "failures": [{"part": part, "what": what, "why": _why(error, stage)} for part, what, error in failed],
    }
