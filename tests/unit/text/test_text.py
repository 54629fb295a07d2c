"""A stranger's words, before anybody shows them."""

# ruff: noqa: RUF001 - letters of other scripts are part of what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import cut, lines, one_line


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
        ("\u200f \u200d\ufe0f", ""),
        ("exam\u00adple\u2060", "example"),
        ("a\U000e0041", "a"),
        ("می\u200cخواهم 👩\u200d🔬", "می\u200cخواهم 👩\u200d🔬"),
    ],
)
def test_what_is_no_text_goes_and_breaks_become_line_feeds(value: str, shown: str) -> None:
    assert lines(value) == shown


def test_a_line_has_no_breaks() -> None:
    assert one_line(" a\n\tb\u2028 c \u00a0d\u3000e ") == "a b c d e"


@given(st.text())
def test_whatever_it_is_it_can_be_encoded_and_has_no_control_but_line_feeds(value: str) -> None:
    shown = lines(value)
    shown.encode()
    assert not {character for character in shown if character < " " or "\x7f" <= character <= "\x9f"} - {"\n"}


@pytest.mark.parametrize(
    ("text", "most", "shown"),
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
def test_what_is_too_long_is_cut_at_a_word(text: str, most: int, shown: str) -> None:
    assert cut(text, most) == shown


@given(st.text(), st.integers(2, 50))
def test_a_cut_text_is_no_longer_than_it_may_be(text: str, most: int) -> None:
    assert len(cut(text, most)) <= most


def test_a_cut_leaves_no_letter_without_its_marks() -> None:
    assert cut("x" * 8 + "e\u0301\u0302", 10) == "x" * 8 + "…"


@given(st.text())
def test_what_was_made_fit_to_be_shown_is_not_changed_again(value: str) -> None:
    assert lines(lines(value)) == lines(value)
    assert one_line(lines(value)) == one_line(one_line(value)) == one_line(value)
