"""What happened, in order, with its time and whether it was as it must be."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console


class NotSo(Exception):
    """Something that the demo shows was not as it must be; its text says what was seen."""


@dataclass(frozen=True, slots=True)
class Entry:
    step: str
    at: str
    """ISO 8601, UTC: when the step was over."""
    ok: bool
    detail: str


@dataclass(slots=True)
class Timeline:
    console: Console
    now: Callable[[], float] = time.time
    entries: list[Entry] = field(default_factory=list)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.now()

    @property
    def ok(self) -> bool:
        return bool(self.entries) and all(entry.ok for entry in self.entries)

    @contextmanager
    def step(self, name: str, waiting: str) -> Iterator[list[str]]:
        """One step: the block appends what it saw to the list; NotSo makes the step, and so the demo, fail."""
        seen: list[str] = []
        ok = True
        with self.console.status(waiting):
            try:
                yield seen
            except NotSo as fault:
                ok = False
                seen.append(str(fault))
        at = self.now()
        moment = datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds")
        self.entries.append(Entry(name, moment, ok, "; ".join(seen)))
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        self.console.print(
            f"{mark} {at - self._began:7.2f} s  [bold]{name:<10}[/] {'; '.join(seen)}", highlight=False, soft_wrap=True
        )

    def write(self, path: Path) -> None:
        path.write_text(json.dumps([asdict(entry) for entry in self.entries], indent=2) + "\n", "utf-8")


def demand(condition: object, otherwise: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise NotSo(otherwise)
