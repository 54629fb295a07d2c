"""Words that are wider than their line."""

import pytest

from functions.generate_pdf.long_words import LONGEST_WORD, breakable


@pytest.mark.parametrize("word", ["x" * 100, "https://example.com/" + "a" * 80, "W\u0301" * 50, "\u05d0" * 60])
def test_a_very_long_word_may_be_broken_and_loses_nothing(word: str) -> None:
    pieces = breakable(f"before {word} after").split("\u200b")
    assert max(map(len, pieces)) <= 2 * LONGEST_WORD
    assert "".join(pieces) == f"before {word} after"
    assert not any(piece.startswith("\u0301") for piece in pieces)


@pytest.mark.parametrize("text", ["Donaudampfschifffahrt", "水" * 100, "โรงสีน้ำ" * 20, "a " * 100])
def test_words_that_are_broken_by_their_own_rules_are_left_alone(text: str) -> None:
    assert breakable(text) == text
