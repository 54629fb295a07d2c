"""A query as PostgreSQL's tsquery.

Its lexemes are quoted by us, so that nothing that was typed is read as its syntax.

each positive clause     must match in a field (any of them must, where how is ANY)
excluded clauses         must not match, and are never taken for a mistyped word

score     what each way of matching counts, summed: as it was typed 1, as a language bends it 0.7, mistyped 0.3;
          in each the field's weight, and how often it stands there (ts_rank). How rare a word is does not count:
          PostgreSQL has no such number.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from shared.search.fields import Field
from shared.search.model import Match
from shared.search.postgres.lexemes import quoted, stem_of, word_of
from shared.search.query import Clause, Kind, Query
from shared.search.stems import possible_stems

WEIGHTS: Final = "'{0.333, 0.5, 0.833, 1}'::float4[]"
"""Of the labels D, C, B, A (lexemes.LABELS): text 1, about and name 1.5, tag 2.5, title 3, each divided by 3."""
TYPED: Final = 1.0
STEM: Final = 0.7
TYPO: Final = 0.3

Meant: TypeAlias = Mapping[str, Collection[str]]
"""Words of the owner's by each mistyped one."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A tsquery of alternatives. PostgreSQL divides what they count by their number, which `factor` takes back."""

    words: str
    factor: float


@dataclass(frozen=True, slots=True)
class Asked:
    words: str
    """A tsquery; empty: whatever is the owner's."""
    ranked: tuple[Ranked, ...]


def asked(query: Query, how: Match, meant: Meant) -> Asked:
    """`meant` is empty where nothing may be mistyped."""
    wanted = [_any([*_typed(clause), *_bent(clause), *_mistyped(clause, meant)]) for clause in query.positive]
    if how is Match.ANY and wanted:
        wanted = [_any(wanted)]
    unwanted = [f"!{_any([*_typed(clause), *_bent(clause)])}" for clause in query.excluded]
    return Asked(" & ".join([*wanted, *unwanted]), tuple(_ranked(query.positive, meant)))


def _ranked(clauses: Sequence[Clause], meant: Meant) -> Iterator[Ranked]:
    ways = (
        (TYPED, [one for clause in clauses for one in _typed(clause)]),
        (STEM, [one for clause in clauses for one in _bent(clause)]),
        (TYPO, [one for clause in clauses for one in _mistyped(clause, meant)]),
    )
    for weight, alternatives in ways:
        if alternatives:
            yield Ranked(_any(alternatives), weight * len(alternatives))


def _typed(clause: Clause) -> list[str]:
    """The clause as it was typed, in each field that it may stand in."""
    return [_beside(field, clause) for field in _fields(clause)]


def _beside(field: Field, clause: Clause) -> str:
    words = " <-> ".join([quoted(word_of(field, term)) for term in clause.terms])
    return f"({words}:*)" if clause.kind is Kind.PREFIX else f"({words})"


def _bent(clause: Clause) -> list[str]:
    if clause.kind is not Kind.WORD:
        return []
    found = possible_stems(clause.terms[0])
    return [quoted(stem_of(field, stem)) for field in _fields(clause) for stem in found]


def _mistyped(clause: Clause, meant: Meant) -> list[str]:
    if clause.kind is not Kind.WORD:
        return []
    found = sorted(meant.get(clause.terms[0], ()))
    return [quoted(word_of(field, word)) for field in _fields(clause) for word in found]


def _fields(clause: Clause) -> list[Field]:
    return [clause.field] if clause.field else list(Field)


def _any(alternatives: Sequence[str]) -> str:
    return f"({' | '.join(alternatives)})"
