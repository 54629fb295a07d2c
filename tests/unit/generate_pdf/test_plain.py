"""A stranger's words, before a template shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.generate_pdf.plain import LONGEST_WORD, breakable, cut, line, lines


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x00b\x07c\x7fd\x9fe", "abcde"),
        ("a\tb", "a b"),
        ("a\r\nb\u2028c\u2029d\x0be\x0cf\x85g", "a\nb\nc\nd\ne\nf\ng"),
        ("\ufeffa", "a"),
        ("a\ud800b", "a\ufffdb"),
        ("abc\u202exe.fdp\u202c \u2066x\u2069", "abcxe.fdp x"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("e\u0301", "é"),
        ("한", "한"),
        ("  a  ", "a"),
        ("\u202e\x00", ""),
        ("\u200b \u200b", ""),
    ],
)
def test_what_is_no_text_goes_and_breaks_become_line_feeds(value: str, shown: str) -> None:
    assert lines(value) == shown


def test_a_line_has_no_breaks() -> None:
    assert line(" a\n\tb\u2028 c \u00a0d ") == "a b c d"


@given(st.text())
def test_whatever_it_is_it_can_be_encoded_and_has_no_control_but_line_feeds(value: str) -> None:
    shown = lines(value)
    shown.encode()
    assert not {character for character in shown if character < " " or "\x7f" <= character <= "\x9f"} - {"\n"}


@pytest.mark.parametrize("word", ["x" * 100, "https://example.com/" + "a" * 80, "W\u0301" * 50, "\u05d0" * 60])
def test_a_very_long_word_may_be_broken_and_loses_nothing(word: str) -> None:
    pieces = breakable(f"before {word} after").split("\u200b")
    assert max(map(len, pieces)) <= 2 * LONGEST_WORD
    assert "".join(pieces) == f"before {word} after"
    assert not any(piece.startswith("\u0301") for piece in pieces)


@pytest.mark.parametrize("text", ["Donaudampfschifffahrt", "水" * 100, "โรงสีน้ำ" * 20, "a " * 100])
def test_words_that_are_broken_by_their_own_rules_are_left_alone(text: str) -> None:
    assert breakable(text) == text


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one, two three", 8, "one…"),
        ("o" * 20, 10, "ooooooooo…"),
        ("a " + "o" * 20, 10, "a ooooooo…"),
        ("水" * 20, 10, "水" * 9 + "…"),
    ],
)
def test_what_is_too_long_is_cut_at_a_word(text: str, longest: int, shown: str) -> None:
    assert cut(text, longest) == shown


@given(st.text(), st.integers(2, 50))
def test_a_cut_text_is_no_longer_than_it_may_be(text: str, longest: int) -> None:
    assert len(cut(text, longest)) <= longest
