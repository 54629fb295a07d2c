"""Keys in pieces that one operation of MongoDB is quick with, however many there are."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

PIECE: Final = 250
"""Of a page of a thousand; MongoDB takes more, but each of an operation's keys counts against its time."""


def pieces(keys: Collection[str]) -> Iterator[Sequence[str]]:
    """In their order."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), PIECE):
        yield ordered[start : start + PIECE]
