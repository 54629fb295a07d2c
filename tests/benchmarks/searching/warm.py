"""Queries of a process that has the index at hand: by the index as a whole, and by its engine alone.

the whole   the newest generation is asked for, then found in a thread    beside PostgreSQL, which is asked as well
the engine  a searcher of ours, in this process                           beside LanceDB, in this process too
"""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

from shared.search.tantivy import answering
from tests.benchmarks.figures import Row, row
from tests.benchmarks.searching.asking import Asked, Kind
from tests.benchmarks.searching.by_lance import Lance
from tests.benchmarks.searching.places import Place

Search = Callable[[Asked], Awaitable[int]]
"""How many it found."""


async def measure(place: Place, kinds: Sequence[Kind], label: str, lance: Lance | None) -> list[Row]:
    searcher = (await place.ours._copies.newest()).searcher
    if searcher is None:
        raise RuntimeError("nothing was indexed")

    async def engine(asked: Asked) -> int:
        return answering.found(searcher, asked.request, asked.how, state="").total

    async def whole(asked: Asked) -> int:
        return (await place.ours.search(asked.request, asked.how)).total

    async def postgres(asked: Asked) -> int:
        return (await place.postgres.search(asked.request, asked.how)).total

    rows = []
    for kind in kinds:
        by_lance = [lance.search(kind.name)] if lance and lance.can(kind.name) else []
        ours, all_of_it, theirs, *others = await _taken(kind.queries, engine, whole, postgres, *by_lance)
        what = f"{kind.name}, {label}"
        for name, part in (("p50", _median), ("p95", _high)):
            rows.append(row(f"search: {what}, {name}", part(all_of_it), "ms", "PostgreSQL", part(theirs)))
            rows.append(row(f"in the engine: {what}, {name}", part(ours), "ms", "PostgreSQL", part(theirs)))
            if Lance.can(kind.name):
                peer = part(others[0]) if others else None
                rows.append(row(f"in the engine: {what}, {name}", part(ours), "ms", "LanceDB", peer))
    return rows


async def _taken(queries: Sequence[Asked], *searches: Search) -> list[list[float]]:
    """Seconds of each query by each, in turns, after each has been asked everything once."""
    taken: list[list[float]] = [[] for _ in searches]
    found = [0 for _ in searches]
    for warm in (False, True):
        for asked in queries:
            for at, search in enumerate(searches):
                started = time.perf_counter()
                found[at] += await search(asked)
                if warm:
                    taken[at].append(time.perf_counter() - started)
    if not all(found):
        raise RuntimeError(f"one of them finds nothing: {found}")
    return taken


def _median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def _high(seconds: Sequence[float]) -> float:
    """The 95th of a hundred."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]
