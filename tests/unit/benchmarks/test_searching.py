"""What the benchmarks of search stand on: a corpus that is the same in every run, and questions that it answers."""

from collections import Counter

import pytest

from tests.benchmarks.searching.asking import Kind, kinds
from tests.benchmarks.searching.corpus import OWNER, Corpus, entry, id_of, vocabulary
from tests.integration.search.engines.scan import scan

SIZE = 200
HERS = [one for one in Corpus(SIZE).entries() if one.owner == OWNER]


def test_the_same_number_is_the_same_document_in_every_run() -> None:
    assert vocabulary()[:4] == ["sitaze", "taisou", "ravudu", "velidigo"]
    assert entry(7).title == "kebotaife sitaze rama fegezou zumimai"
    assert entry(7, version=2).text != entry(7).text


def test_one_owner_holds_most_and_a_few_words_are_most_of_the_text() -> None:
    words = Counter(word for one in HERS for word in one.text.split())
    assert len(HERS) == SIZE * 0.6
    assert sum(count for _, count in words.most_common(50)) > sum(words.values()) / 4
    assert sum(count == 1 for count in words.values()) > len(words) / 3


@pytest.mark.parametrize("kind", kinds(SIZE, 10), ids=lambda kind: kind.name)
def test_what_is_asked_for_stands_in_her_documents(kind: Kind) -> None:
    for asked in kind.queries:
        assert scan(HERS, asked.request.query, asked.how), asked.said


async def test_it_is_a_source_in_the_order_of_ids() -> None:
    known = [one.id async for page in Corpus(5).known() for one in page]
    assert known == sorted(map(id_of, range(5)))
    assert await Corpus(5).states([id_of(3), id_of(5)]) == [entry(3)]
