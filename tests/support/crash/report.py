"""What was tried and what came of it, as a table; and the one assertion about all of it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.crash.crossings import Crossing, Step


@dataclass(frozen=True, slots=True)
class Row:
    """One step: the answers that its deliveries got, in order, and what was wrong in the end."""

    step: Step | None
    """None: the clean delivery that the crossings were learnt from."""
    answers: Sequence[int]
    faults: Sequence[str]
    seconds: float

    def cells(self) -> tuple[str, ...]:
        where, how = (str(self.step.crossing), self.step.mode.value) if self.step else ("(nothing)", "clean")
        return where, how, " ".join(map(str, self.answers)), f"{self.seconds:.1f} s", "; ".join(self.faults) or "ok"


@dataclass(frozen=True, slots=True)
class Report:
    crossings: Sequence[Crossing]
    rows: Sequence[Row]

    @property
    def bad(self) -> Sequence[Row]:
        return [row for row in self.rows if row.faults]

    def table(self) -> str:
        cells = [("crossing", "crash", "answers", "took", "outcome"), *(row.cells() for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(4)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip()
            for row in cells
        )

    def check(self) -> None:
        """Raise AssertionError with the whole table if any step left something wrong."""
        sys.stdout.write(f"{self.table()}\n")
        assert self.crossings, "the clean delivery crossed nothing: is the function's environment proxied?"
        assert not self.bad, f"{len(self.bad)} of {len(self.rows)} crashes were not survived\n{self.table()}"
