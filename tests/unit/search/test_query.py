"""Whatever a person types is a query."""

# ruff: noqa: RUF001 - signs and letters of full width

import pytest
from hypothesis import given

from shared.search.analyzer import terms
from shared.search.fields import Field
from shared.search.query import CHARACTERS, CLAUSES, Clause, Kind, parse
from tests.unit.search.drawn import QUERIES


def word(term: str, field: Field | None = None, *, excluded: bool = False) -> Clause:
    return Clause(Kind.WORD, (term,), field, excluded)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Mill race mill", [word("mill"), word("race")]),
        ('"Mill race"', [Clause(Kind.PHRASE, ("mill", "race"))]),
        ('"mill', [word("mill")]),
        ("«mill race» „x y“", [Clause(Kind.PHRASE, ("mill", "race")), Clause(Kind.PHRASE, ("x", "y"))]),
        ("TITLE:mill", [word("mill", Field.TITLE)]),
        ('tag:"two words"', [Clause(Kind.PHRASE, ("two", "words"), Field.TAG)]),
        ("colour:red", [word("colour"), word("red")]),
        ('colour:"red"', [word("colour"), word("red")]),
        ("title: mill", [word("title"), word("mill")]),
        ("mil*", [Clause(Kind.PREFIX, ("mil",))]),
        ("wi-fi*", [Clause(Kind.PREFIX, ("wi", "fi"))]),
        ("wi-fi", [Clause(Kind.PHRASE, ("wi", "fi"))]),
        ("-mill -title:race", [word("mill", excluded=True), word("race", Field.TITLE, excluded=True)]),
        ('-"mill race"', [Clause(Kind.PHRASE, ("mill", "race"), None, excluded=True)]),
        ("水", [Clause(Kind.PREFIX, ("水",))]),
        ("水車", [word("水車")]),
        ("水車小屋", [Clause(Kind.PHRASE, ("水車", "車小", "小屋"))]),
        ("นั", [Clause(Kind.PREFIX, ("นั",))]),
        ("ｔｉｔｌｅ：水車　－ｍｉｌｌ", [word("水車", Field.TITLE), word("mill", excluded=True)]),
        ("「東京 大阪」", [Clause(Kind.PHRASE, ("東京", "京", "大阪"))]),
        ('- * : "" ... title:*', []),
    ],
)
def test_a_query_is_read_as_it_was_meant(text: str, clauses: list[Clause]) -> None:
    assert list(parse(text).clauses) == clauses


@given(QUERIES)
def test_any_text_is_a_bounded_query_of_terms(text: str) -> None:
    query = parse(text)
    assert len(query.clauses) <= CLAUSES
    for clause in query.clauses:
        assert clause.terms
        assert all(terms(term)[0] == term for term in clause.terms)
        assert (len(clause.terms) == 1) >= (clause.kind is Kind.WORD)
    assert set(query.positive) | set(query.excluded) == set(query.clauses)


def test_what_is_too_much_is_left_out() -> None:
    assert len(parse(" ".join(map(str, range(100)))).clauses) == CLAUSES
    assert parse("x" + " " * CHARACTERS + "y") == parse("x")


def test_queries_that_mean_the_same_have_the_same_key() -> None:
    assert parse("race  MILL").canonical == parse("mill, race mill").canonical
    others = ["mill race", '"mill race"', "mill -race", "mill race*", "mill title:race", "mill"]
    assert len({parse(text).canonical for text in others}) == len(others)
