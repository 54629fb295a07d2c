"""A passage shows where a query was found: exactly the words, in the text as it was."""

import unicodedata

import pytest
from hypothesis import given

from shared.search import marking
from shared.search.analyzer import as_units, terms
from shared.search.fields import Field
from shared.search.model import Match, Texts
from shared.search.query import parse
from shared.search.snippets import LENGTH, LONGEST, LOOKED_AT, Passage, passages
from tests.unit.search.drawn import QUERIES, TEXTS
from tests.unit.search.sentences import FOUND


def marks_of(passage: Passage) -> list[str]:
    return [passage.text[start:end] for start, end in passage.marks]


def found_in(text: str, query: str, how: Match = Match.EXACT) -> list[str]:
    return [mark for passage in passages(Texts("", "", text), parse(query), how) for mark in marks_of(passage)]


@pytest.mark.parametrize("case", FOUND)
def test_in_every_script_exactly_what_was_asked_for_is_marked(case: str) -> None:
    text, query, marks = FOUND[case]
    assert found_in(text, query) == marks


@pytest.mark.parametrize("case", FOUND)
def test_the_same_is_marked_deep_in_a_long_text(case: str) -> None:
    text, query, marks = FOUND[case]
    assert found_in(f"{'... ' * 2_000}{text}{' ...' * 2_000}", query) == marks


@pytest.mark.parametrize(
    ("query", "how", "marks"),
    [
        ("mill", Match.EXACT, ["mill", "mills"]),
        ("mil*", Match.EXACT, ["mill", "mills", "milestone"]),
        ("race", Match.EXACT, ["race"]),
        ('"mill race"', Match.EXACT, ["mill race"]),
        ('"race mill"', Match.EXACT, []),
        ('"race milestone"', Match.EXACT, []),
        ("wi-fi", Match.EXACT, ["Wi-Fi"]),
        ("milstone", Match.EXACT, []),
        ("milstone", Match.CORRECTED, ["milestone"]),
        ("milstone", Match.ANY, ["milestone"]),
        ("race -mill", Match.EXACT, ["race"]),
        ("title:race mill", Match.EXACT, ["mill", "mills"]),
        ("text:race", Match.EXACT, ["race"]),
        ("", Match.EXACT, []),
    ],
)
def test_marks_follow_what_each_sign_means(query: str, how: Match, marks: list[str]) -> None:
    assert found_in("The mill race, old mills, a milestone, Wi-Fi here and fi there", query, how) == marks


def test_each_field_in_which_something_stands_has_its_passage() -> None:
    texts = Texts("The mill", "Nothing here", "By a mill")
    assert [one.field for one in passages(texts, parse("mill"), Match.EXACT)] == [Field.TITLE, Field.TEXT]


def test_the_passage_is_where_most_of_the_query_stands() -> None:
    filler = "nothing of it here, " * 40
    text = f"mill mill mill {filler} by the race {filler} a mill and its race and a wheel {filler} mill"
    assert found_in(text, "mill race wheel") == ["mill", "race", "wheel"]


def test_a_passage_is_cut_between_words() -> None:
    text = "reading " * 100 + "mill " + "writing " * 100
    (passage,) = passages(Texts("", "", text), parse("mill"), Match.EXACT)
    assert set(passage.text.split()) == {"reading", "mill", "writing"}


@pytest.mark.parametrize("one", ["👩\u200d🔧", "🇩🇪", "e\u0301", "\u1112\u1161\u11ab", "น้ำ", "👍🏽", "क्ष"])
@pytest.mark.parametrize("shift", range(4))
def test_a_cut_parts_no_character_of_several(one: str, shift: int) -> None:
    text = f"{one * 50}{'x' * shift}, mill, {one * 200}"
    (passage,) = passages(Texts("", "", text), parse("mill"), Match.EXACT)
    before, after = passage.text.split(f"{'x' * shift}, mill, ")
    assert before == one * (len(before) // len(one))
    assert after == one * (len(after) // len(one))


def test_what_turns_or_breaks_a_line_is_a_space_and_moves_no_mark() -> None:
    (passage,) = passages(Texts("a\x00b\u202e\nmill\u2028", "", ""), parse("mill"), Match.EXACT)
    assert passage == Passage(Field.TITLE, "a b  mill ", ((5, 9),))


@given(TEXTS, QUERIES)
def test_marks_are_in_order_inside_and_mean_something(text: str, query: str) -> None:
    for passage in passages(Texts(text, text[::-1], text * 20), parse(query), Match.ANY):
        assert len(passage.text) <= LONGEST + LENGTH
        assert not any(unicodedata.category(character) in {"Cc", "Cs"} for character in passage.text)
        edges = [edge for mark in passage.marks for edge in mark]
        assert edges
        assert edges == sorted(set(edges))
        assert 0 <= edges[0] < edges[-1] <= len(passage.text)
        assert all(terms(mark) for mark in marks_of(passage))


@pytest.mark.parametrize("text", ["mill " * 400_000, "水車小屋の" * 400_000, "x" * 2_000_000, "ก\u0e49" * 1_000_000])
def test_only_the_beginning_of_a_long_text_is_looked_at(text: str) -> None:
    assert not found_in(text + " wheel", "wheel")
    assert not found_in("x " * (LOOKED_AT // 2 - 2) + "millstone", "mill")


@pytest.mark.parametrize("query", ["x*", "ก"])
def test_a_match_without_an_end_is_cut(query: str) -> None:
    (passage,) = passages(Texts("", "", query[0] + "x\u0301" * 100_000), parse(query), Match.EXACT)
    assert len(passage.text) <= LONGEST + LENGTH
    assert passage.marks


def test_typos_are_looked_for_in_a_bounded_number_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty-two words, each compared with all of a long text, would hold a process for a minute."""
    asked = (Texts("", "", "mall mill mull"), parse("mill"), Match.CORRECTED)
    assert list(map(marks_of, passages(*asked))) == [["mall", "mill", "mull"]]
    monkeypatch.setattr(marking, "NEAR", 1)
    assert list(map(marks_of, passages(*asked))) == [["mall", "mill"]]


def test_a_letter_with_many_marks_is_not_normalised_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which takes the square of their number."""
    seen: list[int] = []
    real = as_units

    def watched(word: str) -> str:
        seen.append(len(word))
        return real(word)

    monkeypatch.setattr(marking, "as_units", watched)
    text = "\u6c34" + "\u0301\u0316" * 50_000 + " \u6c34\u8eca"
    (passage,) = passages(Texts("", "", text), parse("\u6c34\u8eca"), Match.EXACT)
    assert marks_of(passage) == ["\u6c34\u8eca"]
    assert max(seen) < 10
