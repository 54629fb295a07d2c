"""What is asked: words that stand in the owner's documents and are not among the most frequent ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final

from shared.search.model import Filters, Match, Request, Sort
from shared.search.query import parse
from tests.benchmarks.searching.corpus import COMMON, OWNER, entry, vocabulary

LIMIT: Final = 20


@dataclass(frozen=True, slots=True)
class Asked:
    said: str
    request: Request
    how: Match


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    queries: Sequence[Asked]


def kinds(size: int, count: int) -> Sequence[Kind]:
    """`count` queries of each kind for the first `size` documents: the same in every run."""
    pairs = _neighbours(size)
    said = [next(pairs) for _ in range(count)]
    facets = [_asked(first, facets=True) for first, _ in said]
    return [
        Kind("word", [_asked(first) for first, _ in said]),
        Kind("two words", [_asked(f"{first} {second}") for first, second in said]),
        Kind("phrase", [_asked(f'"{first} {second}"') for first, second in said]),
        Kind("prefix", [_asked(f"{first[:4]}*") for first, _ in said]),
        Kind("typo", [_asked(_mistyped(first), how=Match.CORRECTED) for first, _ in said]),
        Kind("facets", facets),
    ]


def _neighbours(size: int) -> Iterator[tuple[str, str]]:
    common = frozenset(vocabulary()[:COMMON])
    pick = Random(size)
    while True:
        asked = entry(pick.randrange(size))
        if asked.owner != OWNER:
            continue
        words = [pair for pair in pairwise(asked.text.split()) if common.isdisjoint(pair)]
        if words:
            yield pick.choice(words)


def _mistyped(word: str) -> str:
    """Two letters in the middle have changed places, or one is wrong where they are the same."""
    at = len(word) // 2
    swapped = word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
    return swapped if swapped != word else word[:at] + "x" + word[at + 1 :]


def _asked(said: str, *, how: Match = Match.EXACT, facets: bool = False) -> Asked:
    return Asked(said, Request(OWNER, parse(said), Filters({}), Sort.RELEVANCE, LIMIT, facets=facets), how)
