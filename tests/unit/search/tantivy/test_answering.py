"""Answers of an index at its limits."""

from dataclasses import replace
from pathlib import Path

from shared.search.model import Facet, Texts
from shared.search.tantivy.answering import sums, texts, versions
from tests.unit.search.tantivy.opened import asked, made, opened

TOO_MANY = 16_385
"""Words, one more than Tantivy takes behind another (RegexPhraseQuery's max_expansions)."""


def test_a_beginning_of_more_words_than_fit_need_not_stand_beside_the_word_before(tmp_path: Path) -> None:
    """The words themselves must still be there."""
    entries = [
        made("beside", text="page " + " ".join(f"f{number}" for number in range(TOO_MANY))),
        made("apart", text="f1 page"),
        made("without", text="f1"),
    ]
    searcher = opened(tmp_path, entries)
    assert {hit.id for hit in asked(searcher, "page-f*").hits} == {"beside", "apart"}
    assert {hit.id for hit in asked(searcher, "page-f1*").hits} == set()
    assert {hit.id for hit in asked(searcher, "page-f0*").hits} == {"beside"}


def test_an_id_that_columns_have_no_room_for_is_read_from_what_is_stored(tmp_path: Path) -> None:
    long = "an id of more than twenty-four bytes"
    searcher = opened(tmp_path, [made(long, title="mill"), made("short", title="mill")])
    assert {hit.id for hit in asked(searcher, "mill").hits} == {long, "short"}
    assert versions(searcher, "an") == {long: 1}


def test_what_is_empty_is_no_value_of_a_facet(tmp_path: Path) -> None:
    entries = [made("a"), replace(made("b"), tags=("", "red"), category="", language="")]
    facets = asked(opened(tmp_path, entries), "", facets=True).facets
    assert facets == {
        Facet.TYPE: {"pdf": 2},
        Facet.TAG: {"red": 1},
        Facet.LANGUAGE: {"und": 1},
        Facet.CATEGORY: {},
    }


def test_every_part_is_summed_however_many_there_are(tmp_path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    entries = [made(first + second) for first in letters for second in letters]
    answer = sums(opened(tmp_path, [*entries, made("é"), made("x")]))
    assert len(answer) == len(letters) ** 2 + 2 == 4_098
    assert {one.count for one in answer.values()} == {1}


def test_no_segment_is_no_document(tmp_path: Path) -> None:
    searcher = opened(tmp_path, [])
    assert searcher.num_segments == 0
    assert (asked(searcher, "mill", facets=True).total, sums(searcher), versions(searcher, "mi")) == (0, {}, {})
    assert texts(searcher, ["mill"], "ada") == {}


def test_texts_are_stored_as_they_are(tmp_path: Path) -> None:
    text = "\0 line\r\n水車 👩‍👩‍👧 é "
    assert texts(opened(tmp_path, [made("a", text=text)]), ["a"], "ada") == {"a": Texts("", "", text)}
