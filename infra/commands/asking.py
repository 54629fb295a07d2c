"""Whoever changes or deletes something is told first what would be, and asked; scripts say `--yes` instead.

on a terminal        what would be done ──▶ [y/N] ──▶ done, or exit code 1
--yes                done
neither              what would be done, and exit code 2: silence is no consent
"""

import sys
from typing import Annotated, Any, Final

import typer

from infra.commands import exits
from infra.commands.output import say

Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking; needed where there is no terminal.")]

NAMED: Final[dict[str, Any]] = {"ignore_unknown_options": True}
"""For commands that are given an id: one of ours may begin with a dash, and is no option then."""


def someone_is_there() -> bool:
    return sys.stdin.isatty()


def agreed(question: str, *, yes: bool) -> None:
    """Returns if it is to be done, else ends the command."""
    if yes:
        return
    if not someone_is_there():
        say(f"{question} There is no terminal to ask at: add --yes. Nothing was changed.")
        raise typer.Exit(exits.USAGE)
    if not typer.confirm(question, err=True):
        say("Nothing was changed.")
        raise typer.Exit(exits.FAILED)
