"""How far long work is: a bar on stderr where somebody looks, and nothing in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from infra.commands.output import console


@contextmanager
def bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Told how much of it is done."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with _shown(*columns) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def spinner(what: str) -> Iterator[Callable[[str], None]]:
    """For work whose end is not known: told in words how it goes."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with _shown(*columns, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda words: progress.update(task, description=words)


def _shown(*columns: ProgressColumn, transient: bool = False) -> Progress:
    to = console(err=True)
    return Progress(*columns, console=to, transient=transient, disable=not to.is_terminal)
