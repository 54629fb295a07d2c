"""What a command prints: tables for people, JSON for programs; results on stdout, everything else on stderr.

Words from outside (an error's text, an address, an id that somebody chose) are shown on one line and without the
controls that would speak to the terminal. Where nobody looks, in a pipe, there is no colour and nothing is cut.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from shared.text import lines, one_line

AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON document on stdout.")]

SHORTEST: Final = 10
"""Columns that are left of what is cut."""
UNCUT: Final = 10_000
"""Columns of a table that nobody looks at."""
STYLES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("succeeded", "healthy", "ok", "added", "replayed"), "green"),
    **dict.fromkeys(("failed", "down", "gone", "purged", "refused", "bounced", "complained", "fail"), "red"),
    **dict.fromkeys(("retrying", "degraded", "changed", "requested", "waiting", "warn"), "yellow"),
    **dict.fromkeys(("running",), "cyan"),
    **dict.fromkeys(("cancelled", "extra", "not tried"), "dim"),
}
"""How words that say a state look."""

_UNSAFE: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""What JSON lets through and a terminal may obey."""


def console(*, err: bool = False) -> Console:
    """Made anew each time, because a test puts other streams in the place of stdout."""
    made = Console(stderr=err, highlight=False, markup=False, emoji=False)
    if not made.is_terminal and not os.environ.get("COLUMNS"):
        made = Console(stderr=err, highlight=False, markup=False, emoji=False, width=UNCUT)
    return made


def say(text: str, *, style: str = "") -> None:
    """A line for the person, beside the result."""
    console(err=True).print(Text(lines(text), style), soft_wrap=True)


def result(text: str, *, style: str = "") -> None:
    """A line that is the result."""
    console().print(Text(lines(text), style), soft_wrap=True)


def display(what: RenderableType, *, err: bool = False) -> None:
    """A table, or several. Where nobody looks its lines end with their last word."""
    to = console(err=err)
    if to.is_terminal:
        to.print(what)
        return
    with to.capture() as captured:
        to.print(what)
    text = "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
    typer.echo(text, nl=False, err=err)


def as_json(value: Any, *, line: bool = False) -> None:
    """One document; `line` for one of many, each on a line of its own."""
    text = json.dumps(value, ensure_ascii=False, indent=None if line else 2, default=str)
    typer.echo(_UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def word(text: str) -> Text:
    """A state, an outcome: in its colour."""
    return Text(one_line(text), STYLES.get(text, ""))


Cell = str | Text | None


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, loose: Sequence[str] = (), folded: bool = False
) -> Table:
    """Columns under dim heads. Where there is no room the `loose` ones are cut, or `folded`, and no others: an id above
    all is what a next command is given.
    """
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        made.add_column(name, no_wrap=name not in loose, min_width=SHORTEST if name and name in loose else None)
    for row in rows:
        made.add_row(*(_cell(value) for value in row))
    for column in made.columns:
        texts = [cell for cell in column.cells if isinstance(cell, Text)]
        if column.no_wrap:
            column.min_width = max((text.cell_len for text in texts), default=1)
        for text in texts:
            text.no_wrap, text.overflow = not folded, "fold" if folded else "ellipsis"
    return made


def facts(rows: Iterable[tuple[str, Cell]]) -> Table:
    """A name and what is to be said of it, a line each; what is empty is left out."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        if value:
            made.add_row(name, _cell(value))
    return made


def _cell(value: Cell) -> Text:
    return value if isinstance(value, Text) else Text(one_line(value or ""))
