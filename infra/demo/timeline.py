"""What happened, in order, with its time and whether it was as it must be."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.markup import escape


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
        """One step: the block appends what it saw to the list; NotSo makes the step, and so the demo, fail.

        So does a call that gets no answer, or an error where an answer was needed. Whatever else comes out of the
        block is a fault of the demo itself: it is noted, and goes on.
        """
        seen: list[str] = []
        ok = False
        if not self.console.is_terminal:  # nothing turns there while a step waits
            self.console.print(f"  {name}: {waiting} ..", highlight=False, soft_wrap=True)
        try:
            with self.console.status(waiting):
                yield seen
                ok = True
        except NotSo as fault:
            seen.append(str(fault))
        except httpx.HTTPError as fault:
            seen.append(f"{type(fault).__name__}: {str(fault).partition(chr(10))[0]}")
        finally:
            self._over(name, "; ".join(seen), ok=ok)

    def _over(self, name: str, detail: str, *, ok: bool) -> None:
        at = self.now()
        moment = datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds")
        self.entries.append(Entry(name, moment, ok, detail))
        mark = "[green]✓[/]" if ok else "[red]✗[/]"
        self.console.print(
            f"{mark} {at - self._began:7.2f} s  [bold]{name:<10}[/] {escape(detail)}", highlight=False, soft_wrap=True
        )

    def write(self, path: Path) -> None:
        entries = [asdict(entry) for entry in self.entries]
        path.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", "utf-8")


def demand(condition: object, otherwise: str) -> None:
    """Go on only if this is so."""
    if not condition:
        raise NotSo(otherwise)
