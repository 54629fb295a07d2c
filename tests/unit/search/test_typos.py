"""A letter or two may be wrong, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search.typos import edits, within


@pytest.mark.parametrize(
    ("term", "most"),
    [("cat", 0), ("mill", 1), ("library", 1), ("libraries", 2), ("2026", 0), ("mill2", 0), ("水車小屋の中で水", 0)],
)
def test_longer_words_may_have_more_wrong(term: str, most: int) -> None:
    assert edits(term) == most


@pytest.mark.parametrize(
    ("typed", "distance"),
    [("library", 0), ("librery", 1), ("libary", 1), ("librarry", 1), ("lirbary", 1), ("lirbarys", 2), ("lirxary", 2)],
)
def test_a_slip_counts_one_and_so_does_a_swap(typed: str, distance: int) -> None:
    assert [within("library", typed, most) for most in range(3)] == [most >= distance for most in range(3)]


LETTERS = st.text("ab", max_size=7)


@given(LETTERS, LETTERS, st.integers(0, 2))
def test_the_shortcuts_change_no_answer(term: str, other: str, most: int) -> None:
    assert within(term, other, most) == (_distance(term, other) <= most) == within(other, term, most)


def _distance(term: str, other: str) -> int:
    """As it is defined."""
    if not term or not other:
        return len(term) + len(other)
    least = min(
        _distance(term[:-1], other) + 1,
        _distance(term, other[:-1]) + 1,
        _distance(term[:-1], other[:-1]) + (term[-1] != other[-1]),
    )
    swapped = len(term) > 1 and term[-2:] == other[-2:][::-1] and len(other) > 1
    return min(least, _distance(term[:-2], other[:-2]) + 1) if swapped else least
