"""A file given to the worker, and what came of it."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from shared.documents.content import DOCX, PDF
from shared.worker import Declined, OverBudget, Worker, WorkerDied

HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"
TYPES: Final = (PDF, DOCX, HTML, MARKDOWN, PLAIN)

ALLOWED: Final = 30.0
"""Seconds, of which a file of these tests needs one; the machine may stand still for some."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`ended` is `read`, the word of a Decline, `time` or `memory`, or `died`."""

    ended: str
    text: str = ""
    answer: dict[str, Any] | None = None


class Reading:
    def __init__(self, worker: Worker, runner: asyncio.Runner, folder: Path) -> None:
        self._worker = worker
        self._runner = runner
        self._file = folder / "file"
        self._into = folder / "text"

    def __call__(self, body: bytes, content_type: str, *, most: int = 2_000_000, seconds: float = ALLOWED) -> Outcome:
        """A fault of the child is raised: no file may cause one."""
        self._file.write_bytes(body)
        asked = {
            "path": str(self._file),
            "content_type": content_type,
            "into": str(self._into),
            "most_characters": most,
        }
        try:
            answer = self._runner.run(self._worker.ask(asked, seconds=seconds))
        except Declined as no:
            return Outcome(no.reason)
        except OverBudget as over:
            return Outcome(over.budget)
        except WorkerDied:
            return Outcome("died")
        return Outcome("read", self._into.read_text("utf-8"), answer)

    @property
    def peak(self) -> int:
        """Bytes of memory that the worker has held at most."""
        status = Path(f"/proc/{self._worker.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) * 1024
