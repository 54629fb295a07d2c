"""Where a query's words stand in a text, by the same rules as those by which an engine has found it.

Most words of a text are none of the query's. They are told by their spelling, once each, and cost no token.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from shared.search.analyzer import Token, as_units, is_dense, is_single, is_spaced, terms, tokens_of, words
from shared.search.fields import Field
from shared.search.model import Match
from shared.search.query import Clause, Kind, Query
from shared.search.scripts import Script, script_of
from shared.search.stems import possible_stems
from shared.search.typos import edits, within

NEAR: Final = 5_000
"""Words of a text that are compared letter by letter for a typo; those behind them are marked only where they are
exact. A third of a second, at worst.
"""
LONG: Final = 1_000
"""Characters of a word without spaces from which marks in it make it too dear to be told by its spelling."""
ALIKE: Final = 2
"""First letters that the forms of a Latin word share: others are not even stemmed, which costs most."""

Fits = Callable[[str], bool]
"""Whether a term of the text is what is asked for."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A place of the text, and the number of the query's clause that it matches."""

    start: int
    end: int
    clause: int


def marked(text: str, query: Query, field: Field, how: Match) -> Sequence[Marked]:
    """In the order of the text."""
    clauses = [clause for clause in query.positive if clause.field in {None, field}]
    if not clauses:
        return ()
    near = iter(range(NEAR))
    asked = [_asked(clause, how, near) for clause in clauses]
    matches = [
        Marked(start, end, number)
        for stretch in _stretches(text, [fits for sequence in asked for fits in sequence], clauses)
        for number, (clause, sequence) in enumerate(zip(clauses, asked, strict=True))
        for start, end in _spans(stretch, sequence, clause)
    ]
    return sorted(matches, key=lambda match: (match.start, match.end))


def _stretches(text: str, asked: Sequence[Fits], clauses: Sequence[Clause]) -> Iterator[list[Token]]:
    """Tokens that follow each other, of words in which there is anything that is asked for."""
    pairs = [term for clause in clauses for term in clause.terms if is_dense(term)]

    @cache
    def holds(word: str) -> bool:
        if is_spaced(word):
            made = terms(word)
            return not made or any(fits(term) for term in made for fits in asked)
        if len(word) > LONG and not word.isalpha():
            return True
        units = as_units(word)
        return any(pair in units for pair in pairs) or not all(map(is_dense, word))

    stretch: list[Token] = []
    for found in words(text):
        if holds(found[0]):
            stretch.extend(tokens_of(found[0], found.start()))
        elif stretch:
            yield stretch
            stretch = []
    yield stretch


def _asked(clause: Clause, how: Match, near: Iterator[int]) -> list[Fits]:
    """A test for each of its terms. `near` ends when no more words may be compared."""
    if clause.kind is Kind.WORD:
        return [_word(clause.terms[0], how, near)]
    exact: list[Fits] = [term.__eq__ for term in clause.terms]
    if clause.kind is Kind.PREFIX:
        last = clause.terms[-1]
        exact[-1] = lambda term: term.startswith(last)
    return exact


def _word(term: str, how: Match, near: Iterator[int]) -> Fits:
    bent = frozenset(possible_stems(term))
    most = 0 if how is Match.EXACT else edits(term)
    shared = term[:ALIKE] if script_of(term[0]) is Script.LATIN else ""

    @cache
    def fits(other: str) -> bool:
        if other == term:
            return True
        if bent and other.startswith(shared) and not bent.isdisjoint(possible_stems(other)):
            return True
        if most == 0 or abs(len(other) - len(term)) > most or next(near, None) is None:
            return False
        return within(term, other, most)

    return fits


def _spans(stretch: Sequence[Token], sequence: Sequence[Fits], clause: Clause) -> Iterator[tuple[int, int]]:
    first, length = sequence[0], len(sequence)
    part = clause.kind is Kind.PREFIX and is_single(clause.terms[-1])
    for at in range(len(stretch) - length + 1):
        if not first(stretch[at].term):
            continue
        last = at + length - 1
        if length > 1 and not all(fits(stretch[at + place].term) for place, fits in enumerate(sequence)):
            continue
        yield stretch[at].start, _half(stretch, last) if part else stretch[last].end


def _half(stretch: Sequence[Token], at: int) -> int:
    """Where the first letter of a pair ends: there the next pair begins."""
    following = stretch[at + 1].start if at + 1 < len(stretch) else stretch[at].end
    return min(following, stretch[at].end)
