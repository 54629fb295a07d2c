"""One document changes: what the writer needs for it, and what a reader that has a copy fetches at its next search.

Both go on one after the other, so that the merges which every eighth commit brings are among them.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from shared.search.index import SearchIndex
from shared.search.model import State
from tests.benchmarks.figures import Row, row
from tests.benchmarks.searching.asking import Asked
from tests.benchmarks.searching.corpus import entry
from tests.benchmarks.searching.places import Place


@dataclass(frozen=True, slots=True)
class Seen:
    """Seconds."""

    written: float
    read: float


async def measure(place: Place, asked: Asked, label: str, changes: int) -> list[Row]:
    ours: list[Seen] = []
    theirs: list[Seen] = []
    fetched: list[int] = []
    async with place.readers() as (reader, by_postgres):
        await reader.search(asked.request, asked.how)
        await by_postgres.search(asked.request, asked.how)
        whole = reader.fetched
        for number in range(changes):
            before = reader.fetched
            ours.append(await _seen(place.ours, reader, number, asked))
            fetched.append(reader.fetched - before)
            theirs.append(await _seen(place.postgres, by_postgres, number, asked))
    written, read = _medians(ours)
    written_there, read_there = _medians(theirs)
    return [
        row(f"one change, {label}", written, "ms", "PostgreSQL", written_there),
        row(f"a reader's next search, {label}", read, "ms", "PostgreSQL", read_there),
        Row(f"fetched for it, {label}, median", median(fetched) / 1e3, "kB", "the whole index", whole / 1e3),
        Row(f"fetched for it, {label}, most", max(fetched) / 1e3, "kB", "the whole index", whole / 1e3),
    ]


async def _seen(writer: SearchIndex, reader: SearchIndex, number: int, asked: Asked) -> Seen:
    changed = entry(number, version=2)

    async def read() -> Sequence[State]:
        return [changed]

    started = time.perf_counter()
    await writer.change(read)
    written = time.perf_counter()
    await reader.search(asked.request, asked.how)
    return Seen(written - started, time.perf_counter() - written)


def _medians(seen: Sequence[Seen]) -> tuple[float, float]:
    return median(one.written for one in seen), median(one.read for one in seen)
