"""Whatever a text is made of, its terms are words of it, and where they stand is told of the text as it was."""

import unicodedata

import pytest
from hypothesis import example, given

from shared.search.analyzer import LONGEST, is_dense, is_single, joined, terms, tokens
from tests.unit.search.drawn import TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running, Café ÉCOLE", "running cafe ecole"),
        ("wi-fi, 3.14, a_b", "wi fi 3 14 a b"),
        ("水車小屋", "水車 車小 小屋 屋"),
        ("カﾞラ", "ガラ ラ"),
        ("ภาษา", "ภา าษ ษา า"),
        ("\u1112\u1161\u11ab글", "한글 글"),
        ("2026年3月", "2026 年 3 月"),
        ("आ२०२६", "आ2026"),
        ("½ ⑴ m²", "1 2 1 m2"),
        ("الكِتَابُ أحمد", "الكتاب احمد"),
        ("красный ёж", "красный еж"),
        ("Łódź Øre Æble", "lodz ore aeble"),
        ("_ - \u0301 ... 👩\u200d🔧", ""),
    ],
)
def test_a_text_is_cut_into_what_it_is_found_by(text: str, expected: str) -> None:
    assert joined(text) == expected


def test_an_english_text_has_the_same_terms_with_and_without_a_foreign_letter_in_it() -> None:
    text = "The mill's 12 wheels (1890-1914) ran_on water; see p.3"
    assert terms(f"{text} é") == [*terms(text), "e"]


@given(TEXTS)
@example("ゟ水")
@example("ㄱ\u1161")
@example("का\u3280ा")
def test_a_term_is_short_is_of_letters_digits_and_marks_and_means_itself(text: str) -> None:
    for term in terms(text):
        assert 0 < len(term) <= LONGEST
        assert all(unicodedata.category(character)[0] in "LNM" for character in term)
        assert terms(term)[0] == term
        assert is_dense(term) or terms(term) == [term]


@given(TEXTS)
@example("ค\u0345")
def test_a_token_stands_where_the_text_has_its_term(text: str) -> None:
    found = list(tokens(text))
    assert [token.term for token in found] == terms(text) == joined(text).split()
    for token in found:
        assert 0 <= token.start < token.end <= len(text)
        assert token.term in terms(text[token.start : token.end])
    assert found == sorted(found, key=lambda token: token.start)


def test_a_word_without_an_end_is_cut_and_takes_no_longer_for_its_marks() -> None:
    assert [len(term) for term in terms("x" * 1_000_000)] == [LONGEST]
    assert terms("e" + "\u0301" * 1_000_000) == ["e"]
    assert [len(term) for term in terms("ก" + "\u0e49" * 100_000 + "ข")] == [LONGEST, 1]


@pytest.mark.parametrize(
    ("term", "single"), [("水", True), ("นั", True), ("水車", False), ("a", False), ("\uff41", False)]
)
def test_one_letter_of_a_script_without_spaces_is_told(term: str, *, single: bool) -> None:
    assert is_single(term) is single
