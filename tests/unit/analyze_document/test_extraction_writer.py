"""The text that a document leaves: clean, bounded, and the same however it came in pieces."""

import io
import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.analyze_document.extraction.writer import HELD, TextWriter


def written(*pieces: str, most: int = 10**9) -> tuple[str, TextWriter]:
    file = io.BytesIO()
    made = TextWriter(file, most)
    for piece in pieces:
        made.write(piece)
    made.close()
    return file.getvalue().decode(), made


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\r\nb\rc\u2028d\x0be\x0cf\x85g", "a\nb\nc\nd\ne\nf\ng"),
        ("a\x00b\x1b[31m\x7f\x9fc", "ab[31mc"),
        ("e\u0301", "é"),
        ("\ufeffa\ufffe\uffff", "a"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a  \n \t\n\n  b  ", "a\n\n  b"),
        ("\n\n a\n\n", " a"),
        ("a\tb", "a\tb"),
        ("a\ud800b", "ab"),
        (" \n\t ", ""),
        ("", ""),
    ],
)
def test_what_is_left_of_a_text(text: str, left: str) -> None:
    found, counted = written(text)
    assert found == left
    assert counted.characters == len(left)


def test_a_mark_that_comes_in_the_next_piece_is_joined_to_its_letter() -> None:
    assert written("e", "\u0301\r", "\n", "\n\n", "b")[0] == "é\n\nb"


def test_enough_is_enough_and_is_said() -> None:
    found, counted = written("12345", "67\n890", most=8)
    assert found == "1234567"
    assert counted.truncated


def test_nothing_is_added_behind_a_cut() -> None:
    """Where it fell into blank space there would be room for a little."""
    found, counted = written("aaaa      bbbb\ncc", most=8)
    assert found == "aaaa"
    assert counted.truncated


@pytest.mark.parametrize("after", ["", "\n", " \n\t\n "])
def test_a_text_that_just_fits_is_not_cut(after: str) -> None:
    found, counted = written("12345678" + after, most=8)
    assert found == "12345678"
    assert not counted.truncated


def test_what_comes_after_enough_is_not_held() -> None:
    made = TextWriter(io.BytesIO(), 5)
    for _ in range(100):
        made.write("x" * HELD)
    assert made.truncated
    assert len(made._held) <= 2 * HELD


def test_a_pile_of_marks_is_cut_and_takes_no_square_of_its_height() -> None:
    began = time.process_time()
    found, _ = written("a" + "\u0301\u0316" * 500_000 + "b")
    assert len(found) < 40 * (1 + 1_000_000 // HELD)
    assert time.process_time() - began < 10


@given(st.lists(st.text(alphabet=st.characters() | st.sampled_from("\r\n \t\u0301e"), max_size=30), max_size=12))
def test_a_text_is_the_same_in_one_piece_and_in_many(pieces: list[str]) -> None:
    assert written(*pieces)[0] == written("".join(pieces))[0]


@given(st.text(alphabet=st.characters() | st.sampled_from("\r\n \t\u0301e\0"), max_size=200), st.integers(1, 300))
def test_whatever_comes_what_is_written_is_clean(text: str, most: int) -> None:
    found, counted = written(text, most=most)
    assert unicodedata.is_normalized("NFC", found)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]|\n\n\n", found)
    assert counted.characters == len(found) <= most
