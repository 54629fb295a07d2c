"""An index in a folder, of entries that are written at once, and a searcher over it."""

from collections.abc import Iterable
from pathlib import Path

from tantivy import Index, Searcher

from shared.search.model import Entry, Filters, Found, Match, Request, Sort
from shared.search.query import parse
from shared.search.tantivy.answering import found
from shared.search.tantivy.documents import document
from shared.search.tantivy.schema import SCHEMA

NO_FILTERS = Filters({})


def opened(folder: Path, entries: Iterable[Entry]) -> Searcher:
    index = Index(SCHEMA, path=str(folder))
    writer = index.writer(15_000_000, 1)
    for entry in entries:
        writer.add_document(document(entry))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index.searcher()


def made(document_id: str, *, title: str = "", text: str = "", language: str = "und", created_at: int = 0) -> Entry:
    return Entry(document_id, 1, "ada", title, (), "", "pdf", language, "", created_at, "", text)


def asked(
    searcher: Searcher,
    words: str,
    how: Match = Match.EXACT,
    *,
    filters: Filters = NO_FILTERS,
    facets: bool = False,
) -> Found:
    request = Request("ada", parse(words), filters, Sort.RELEVANCE, 100, facets=facets)
    return found(searcher, request, how, state="one")


def order(searcher: Searcher, words: str, how: Match = Match.EXACT) -> list[str]:
    return [hit.id for hit in asked(searcher, words, how).hits]
