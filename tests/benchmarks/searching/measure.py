"""Search: our index on object storage beside PostgreSQL's full-text search and, where it is installed, LanceDB's."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from shared.config import StorageSettings
from tests.benchmarks.figures import Effort, Row
from tests.benchmarks.searching import by_lance, cold, one_change, throughput, warm
from tests.benchmarks.searching.asking import kinds
from tests.benchmarks.searching.corpus import Corpus
from tests.benchmarks.searching.places import Place, Stores, place
from tests.support.postgres import running


async def measure(effort: Effort, settings: StorageSettings, *, mongodb: str) -> list[Row]:
    with running() as postgres:
        stores = Stores(mongodb, settings, postgres)
        async with place(stores) as at:
            rows = [await throughput.measure(at, effort.commits)]
        for size in effort.library:
            async with place(stores) as at:
                rows += await _of(at, size, effort)
    return rows


async def _of(at: Place, size: int, effort: Effort) -> Sequence[Row]:
    corpus, asked = Corpus(size), kinds(size, effort.queries)
    label = f"{size // 1_000}k" if size >= 1_000 else f"{size}"
    for index in at.engines:
        await index.rebuild(corpus, lambda _: None)
    await at.settled()
    with tempfile.TemporaryDirectory() as folder:
        rows = await warm.measure(at, asked, label, by_lance.opened(Path(folder), corpus))
    word = asked[0].queries[0]
    rows += await cold.measure(at, word.said, label, effort.rounds, corpus.bytes)
    return rows + await one_change.measure(at, word, label, effort.changes)
