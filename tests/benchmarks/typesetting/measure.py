"""A table as PDF by the job's own worker, beside reportlab and, where it is installed, weasyprint."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from functions.generate_pdf.contract import Table
from tests.benchmarks.figures import Effort, Row, Timed, medians, row
from tests.benchmarks.typesetting import by_worker
from tests.benchmarks.typesetting.invoice import invoice

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = "tests.benchmarks.typesetting"
PEERS: Final = ("reportlab", "weasyprint")

Typeset = Callable[[Table], bytes]


async def measure(effort: Effort) -> list[Row]:
    peers = {name: typeset for name in PEERS if (typeset := _peer(name)) is not None}
    rows = []
    async with by_worker.kept() as ours:
        for lines in effort.items:
            tables = [invoice(lines, edition) for edition in range(1, effort.rounds + 2)]
            works = [_asked(ours, tables), *(_called(typeset, tables) for typeset in peers.values())]
            await medians(1, *works)  # fonts are read once
            rows += _rows(f"table of {lines} lines", peers, await medians(effort.rounds, *works))
    works = [_first, *(_program(f"{FOLDER}.by_{name}") for name in peers)]
    return rows + _rows("a fresh process's first", peers, await medians(effort.rounds, *works))


def _rows(what: str, peers: Mapping[str, Typeset], taken: list[float]) -> list[Row]:
    subject, *others = taken
    found = dict(zip(peers, others, strict=True))
    return [row(f"PDF, {what}", subject, "ms", name, found.get(name)) for name in PEERS]


def _peer(name: str) -> Typeset | None:
    """None: it is not installed, or the system's libraries that it needs are not."""
    try:
        typeset: Typeset = import_module(f"{FOLDER}.by_{name}").typeset
    except (ImportError, OSError):
        return None
    return typeset


def _asked(ours: by_worker.Asking, tables: Sequence[Table]) -> Timed:
    editions = iter(tables)

    async def run() -> None:
        _is_pdf(await ours(next(editions)))

    return run


def _called(typeset: Typeset, tables: Sequence[Table]) -> Timed:
    editions = iter(tables)

    async def run() -> None:
        _is_pdf(typeset(next(editions)))

    return run


async def _first() -> None:
    """Stopping it is in the time as well, as the end of a peer's program is."""
    async with by_worker.kept() as ours:
        _is_pdf(await ours(invoice(1)))


def _program(module: str) -> Timed:
    async def run() -> None:
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", module, "1", cwd=ROOT)
        if await child.wait() != 0:
            raise RuntimeError(f"failed: {module}")

    return run


def _is_pdf(body: bytes) -> None:
    if not body.startswith(b"%PDF-"):
        raise RuntimeError("that is no PDF")
