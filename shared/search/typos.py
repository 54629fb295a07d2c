"""How wrong a word may be typed: insertions, deletions, replacements and swaps of neighbours each count one."""

from typing import Final

from shared.search.analyzer import is_dense

ONE_FROM: Final = 4
TWO_FROM: Final = 8
"""Characters of a term."""


def edits(term: str) -> int:
    """How many edits it may be away. None for short words, numbers, and scripts without spaces."""
    if len(term) < ONE_FROM or any(map(str.isdigit, term)) or is_dense(term):
        return 0
    return 1 if len(term) < TWO_FROM else 2


def within(term: str, other: str, most: int) -> bool:
    """Whether the two are at most so many edits apart (optimal string alignment)."""
    if abs(len(term) - len(other)) > most:
        return False
    if most == 0:
        return term == other
    if len(set(term) - set(other)) > most:
        return False  # one edit brings in one letter at most: most words part here
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, character in enumerate(term, 1):
        following = [place]
        for at, against in enumerate(other, 1):
            cost = min(row[at] + 1, following[at - 1] + 1, row[at - 1] + (character != against))
            if place > 1 and at > 1 and character == other[at - 2] and term[place - 2] == against:
                cost = min(cost, before[at - 2] + 1)
            following.append(cost)
        if min(following) > most:
            return False
        before, row = row, following
    return row[-1] <= most
