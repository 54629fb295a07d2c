"""Which cells are walked: in the soak every cell with every fault, in the short form each fault of a service once, and
each code once for its service and once for its path.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.chaos.away.bundle import VARIABLES, specs
from tests.chaos.away.faults import FAULTS
from tests.chaos.away.stories import STORIES
from tests.chaos.away.table import Cell, Mode, Table

SOAK: Final = bool(os.environ.get("MILLRACE_SOAK"))
AS_EVER: Final = "as ever"
QUICK: Final = (Mode.GARBAGE, Mode.THROTTLING, Mode.DOWN, Mode.ERRORS, Mode.SLOW)
"""By the time that they take: a path of many modes is shown by the first."""


@dataclass(frozen=True, slots=True)
class Case:
    cell: Cell
    variant: str

    def __str__(self) -> str:
        return f"{self.cell.service}-{self.cell.mode}-{self.variant}-{self.cell.row}"


def cases(table: Table, *, every: bool = SOAK) -> Sequence[Case]:
    found = [
        Case(cell, variant)
        for cell in table.cells
        if cell.row in STORIES and cell.service in FAULTS
        for place, variant in enumerate(FAULTS[cell.service][cell.mode])
        if place == 0 or _asks(cell)
    ]
    if every:
        return found
    taken: list[Case] = []
    known: set[tuple[str, ...]] = set()
    for case in sorted(found, key=lambda case: QUICK.index(case.cell.mode)):
        first = next(iter(FAULTS[case.cell.service][case.cell.mode]))
        ways = _ways(case.cell) if case.variant == first else set()
        if ways - known:
            taken.append(case)
            known |= ways
    return taken


def _ways(cell: Cell) -> set[tuple[str, ...]]:
    """What a cell shows: its service's fault, and what comes of one on its path; nothing, where nobody is asked."""
    path = STORIES[cell.row].path
    if not _told(cell):
        return set()
    if cell.code == AS_EVER:
        return {(cell.service, cell.code, "nobody is asked" if path == "static" else _kind(cell.row))}
    return {(cell.service, cell.mode), (cell.service, cell.code), (path, cell.code)}


def _kind(row: str) -> str:
    return "endpoint" if " " in row else "job"


def _asks(cell: Cell) -> bool:
    return _told(cell) and STORIES[cell.row].path != "static"


def _told(cell: Cell) -> bool:
    """Whether the function knows where the service is."""
    function = "api" if _kind(cell.row) == "endpoint" else cell.row
    return VARIABLES[cell.service] in specs()[function].environment
