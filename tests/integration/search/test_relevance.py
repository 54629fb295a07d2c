"""What people look for is found, and early: on a public corpus, beside a plain scan of it."""

import os
from pathlib import Path

import pytest
from tantivy import Index, Searcher

from shared.search.model import Filters, Match, Request, Sort
from shared.search.query import parse
from shared.search.tantivy.answering import found
from shared.search.tantivy.disk import searcher
from shared.search.tantivy.documents import document
from shared.search.tantivy.schema import SCHEMA
from tests.integration.search.engines.library import entry
from tests.integration.search.relevance import PlainScan, Quality, papers

EVERY = 1 if os.environ.get("MILLRACE_SOAK") else 4
"""Of the queries, how many are left out for one that is asked."""
DEPTH = 10


def ranked(of: Searcher, words: str) -> list[str]:
    """As the endpoint would: exact, then corrected, then any."""
    for how in Match:
        request = Request("ada", parse(words), Filters({}), Sort.RELEVANCE, DEPTH)
        page = found(of, request, how, state="")
        if page.total:
            return [hit.id for hit in page.hits]
    return []


def test_answers_are_found_as_often_as_by_a_scan_and_earlier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = papers()
    writer = Index(SCHEMA, path=str(tmp_path)).writer(15_000_000, 1)
    for paper in corpus:
        writer.add_document(document(entry(paper.id, text=paper.text, language="en")))
    writer.commit()
    writer.wait_merging_threads()
    index, scan = searcher(tmp_path), PlainScan(corpus)
    ours, theirs = Quality(), Quality()
    for paper in corpus[::EVERY]:
        ours.add(ranked(index, paper.query), paper.id)
        theirs.add(scan.ranked(paper.query, DEPTH), paper.id)
    with capsys.disabled():
        print(f"\nrelevance of {ours.asked} queries in {len(corpus)} documents: {ours}; a plain scan: {theirs}")  # noqa: T201 - figures
    assert ours.recall > theirs.recall
    assert ours.mrr > theirs.mrr
