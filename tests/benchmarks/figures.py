"""One figure of a benchmark: the median of several rounds, beside a peer's that was measured in the same rounds.

Machines are noisy and differ; the ratio of two things that were measured in turns is what can be compared.
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SCALES: Final = {"s": 1.0, "ms": 1e3, "us": 1e6}


@dataclass(frozen=True, slots=True)
class Row:
    """`subject` and `peer` are in `unit`; the ratio is subject by peer. A peer of None is not installed here."""

    what: str
    subject: float
    unit: str
    beside: str
    peer: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.peer is None else self.subject / self.peer


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how much: the quick one only shows that everything still runs."""

    rounds: int
    deliveries: int
    verifications: int
    batch: int
    messages: int
    latencies: Mapping[int, int]
    """How many operations on Redis a round, by the milliseconds that a round trip takes longer."""
    signatures: int
    uploads: Sequence[int]
    """Megabytes."""
    items: Sequence[int]
    """How many lines the tables have that are typeset: those of a page, then those of many."""
    held: Sequence[str]
    """Whose memory is looked at (memory.py)."""
    pages: int
    """Of the PDF whose text is extracted; the other files are as large as its text or larger."""
    library: Sequence[int]
    """How many documents the indexes hold that are searched."""
    queries: int
    """Of each kind, in each of them."""
    commits: int
    changes: int
    """Of one document each."""
    cold: Sequence[str] | None
    """The functions that are started cold; None: all of them, and their peer that takes minutes to package."""


FULL: Final = Effort(
    rounds=5,
    deliveries=100,
    verifications=500,
    batch=500,
    messages=200,
    latencies={1: 40, 5: 20, 30: 8},
    signatures=200,
    uploads=(1, 10, 100),
    items=(10, 1_200),
    held=("claim", "claim, no checksum", "check_document", "text for analysis"),
    pages=200,
    library=(1_000, 50_000),
    queries=100,
    commits=10,
    changes=16,
    cold=None,
)
QUICK: Final = Effort(
    rounds=1,
    deliveries=10,
    verifications=50,
    batch=50,
    messages=20,
    latencies={1: 1, 5: 1, 30: 1},
    signatures=10,
    uploads=(1,),
    items=(10, 60),
    held=("claim",),
    pages=5,
    library=(300,),
    queries=3,
    commits=1,
    changes=2,
    cold=("send_email",),
)

Timed = Callable[[], Awaitable[None]]


async def took(work: Timed) -> float:
    """Seconds."""
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def medians(rounds: int, *works: Timed) -> list[float]:
    """Seconds for each of `works`, which take turns, so that a slow moment of the machine meets all of them."""
    taken = [[await took(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def row(what: str, subject: float, unit: str, beside: str, peer: float | None, *, each: int = 1) -> Row:
    """A row of two durations in seconds that cover `each` repetitions."""
    scale = SCALES[unit] / each
    return Row(what, subject * scale, unit, beside, None if peer is None else peer * scale)
