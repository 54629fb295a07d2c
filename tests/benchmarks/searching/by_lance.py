"""The same words in LanceDB's full-text index, one column of them, in a folder of this machine.

It is in no lock: a peer where somebody has installed it. It has neither prefixes nor facets in full-text search.
"""

from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from shared.search.model import Entry
from tests.benchmarks.searching.asking import LIMIT, Asked
from tests.benchmarks.searching.corpus import OWNER, Corpus

CAN: Final = ("word", "two words", "phrase", "typo")
BATCH: Final = 10_000


class Lance:
    def __init__(self, table: Any) -> None:
        self._table = table
        self._queries: Any = import_module("lancedb.query")

    @staticmethod
    def can(kind: str) -> bool:
        return kind in CAN

    def search(self, kind: str) -> Callable[[Asked], Awaitable[int]]:
        async def found(asked: Asked) -> int:
            query = self._query(kind, asked.said)
            owners = self._table.search(query, query_type="fts").where(f"owner = '{OWNER}'", prefilter=True)
            return len(owners.select(["id", "_score"]).limit(LIMIT).to_list())

        return found

    def _query(self, kind: str, said: str) -> Any:
        if kind == "phrase":
            return self._queries.PhraseQuery(said.strip('"'), "words")
        fuzziness = (1 if len(said) < 8 else 2) if kind == "typo" else 0
        both = self._queries.FullTextOperator.AND
        return self._queries.MatchQuery(said, "words", operator=both, fuzziness=fuzziness)


def opened(folder: Path, corpus: Corpus) -> Lance | None:
    """None: it is not installed."""
    try:
        lancedb: Any = import_module("lancedb")
    except ImportError:
        return None
    pages = _pages(corpus)
    table = lancedb.connect(folder).create_table("documents", next(pages))
    for page in pages:
        table.add(page)
    table.create_fts_index("words", with_position=True, remove_stop_words=False)
    table.create_scalar_index("owner", index_type="BITMAP")
    table.optimize()
    return Lance(table)


def _pages(corpus: Corpus) -> Iterator[list[dict[str, str]]]:
    page: list[dict[str, str]] = []
    for entry in corpus.entries():
        page.append(_record(entry))
        if len(page) == BATCH:
            yield page
            page = []
    if page:
        yield page


def _record(entry: Entry) -> dict[str, str]:
    words = " ".join((entry.title, *entry.tags, entry.name, entry.about, entry.text))
    return {"id": entry.id, "owner": entry.owner, "words": words}
