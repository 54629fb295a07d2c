"""Documents a second that come in by commits of as many as sync_search brings in at once.

MongoDB has no record of them: what it costs to mark one is the same for both engines, and here it would be the local
stand-in's cost, which is many times MongoDB's.
"""

import time
from collections.abc import Sequence

from shared.search.index import SearchIndex
from shared.search.model import State
from shared.search.source import DOCUMENTS
from tests.benchmarks.figures import Row
from tests.benchmarks.searching.corpus import entry
from tests.benchmarks.searching.places import Place


async def measure(place: Place, commits: int) -> Row:
    """From an empty index on; the engines take turns."""
    taken = [0.0 for _ in place.engines]
    for commit in range(commits):
        batch = [entry(number) for number in range(commit * DOCUMENTS, (commit + 1) * DOCUMENTS)]
        for at, index in enumerate(place.engines):
            taken[at] += await _seconds(index, batch)
    ours, theirs = (commits * DOCUMENTS / seconds for seconds in taken)
    return Row(f"sync, commits of {DOCUMENTS}", ours, "documents/s", "PostgreSQL", theirs)


async def _seconds(index: SearchIndex, batch: Sequence[State]) -> float:
    async def read() -> Sequence[State]:
        return batch

    started = time.perf_counter()
    await index.change(read)
    return time.perf_counter() - started
