"""A request as Tantivy's query: what the owner may see, what passes the filters, and then the words.

    owner and filters    must match, and count nothing in the order
    each positive clause must match in a field (any of them must, where how is ANY); the better field counts, the
                         others a little
    excluded clauses     must not match, and are never taken for a mistyped word

A word counts by how rare it is and how often it stands there (BM25), times the field's weight; its stem less, a word
that differs by a letter still less.
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from tantivy import FieldType, Occur, Query

from shared.search.fields import Field
from shared.search.model import Filters, Match, Request
from shared.search.query import Clause, Kind
from shared.search.stems import ALIKE, BETWEEN, possible_stems
from shared.search.tantivy.schema import SCHEMA, facet_field, first_moment, last_moment, stems_field
from shared.search.typos import edits

WEIGHTS: Final[Mapping[Field, float]] = MappingProxyType(
    {Field.TITLE: 3.0, Field.TAG: 2.5, Field.NAME: 1.5, Field.ABOUT: 1.5, Field.TEXT: 1.0}
)
STEM: Final = 0.7
TYPO: Final = 0.3
"""Divided by the number of edits."""
OTHER_FIELDS: Final = 0.2
"""What each field but the best adds of its score."""


def query_of(request: Request, how: Match, languages: Collection[str], *, beside: bool = True) -> Query:
    """`languages` are those that the index has documents in: no other can have a stem there.

    Without `beside`, the beginning of a word need not stand beside the words before it: Tantivy refuses to look for
    more than 16,384 words behind another, and any number of them alone.
    """
    owner = owned_by(request.owner)
    words = _Words(owner, frozenset(ALIKE.get(language, language) for language in languages), beside=beside)
    excluded = [(Occur.MustNot, words.of(clause, Match.EXACT)) for clause in request.query.excluded]
    wanted = [words.of(clause, how) for clause in request.query.positive]
    if how is Match.ANY and wanted:
        wanted = [Query.boolean_query([(Occur.Should, clause) for clause in wanted])]
    return Query.boolean_query([*_all(owner, *_filters(request.filters), *wanted), *excluded])


def owned_by(owner: str) -> Query:
    return _silent(Query.term_query(SCHEMA, "owner", _sendable(owner), "basic"))


def _filters(filters: Filters) -> Iterator[Query]:
    for facet, values in filters.facets.items():
        if values:
            yield _silent(Query.term_set_query(SCHEMA, facet_field(facet), [_sendable(value) for value in values]))
    if filters.since is not None or filters.until is not None:
        since = None if filters.since is None else first_moment(filters.since)
        until = None if filters.until is None else last_moment(filters.until)
        yield _silent(Query.range_query(SCHEMA, "created", FieldType.Unsigned, since, until))


class _Words:
    def __init__(self, owner: Query, languages: Collection[str], *, beside: bool) -> None:
        self._owner = owner
        self._languages = languages
        self._beside = beside

    def of(self, clause: Clause, how: Match) -> Query:
        fields = [clause.field] if clause.field else list(Field)
        parts = [
            Query.boost_query(query, WEIGHTS[field] * weight)
            for field in fields
            for query, weight in self._in(field, clause, how)
        ]
        return Query.disjunction_max_query(parts, OTHER_FIELDS)

    def _in(self, field: Field, clause: Clause, how: Match) -> Iterator[tuple[Query, float]]:
        """Queries, any of which is enough, and what each counts."""
        match clause.kind:
            case Kind.WORD:
                yield from self._word(field, clause.terms[0], how)
            case Kind.PHRASE:
                yield self._owners(Query.phrase_query(SCHEMA, field, list(clause.terms))), 1
            case Kind.PREFIX if len(clause.terms) == 1:
                yield _beginning(field, clause.terms[0]), 1
            case Kind.PREFIX:
                yield self._phrase_prefix(field, *clause.terms), 1

    def _word(self, field: Field, word: str, how: Match) -> Iterator[tuple[Query, float]]:
        yield Query.term_query(SCHEMA, field, word), 1
        for stem in possible_stems(word):
            if stem.partition(BETWEEN)[0] in self._languages:
                yield Query.term_query(SCHEMA, stems_field(field), stem, "freq"), STEM
        if how is not Match.EXACT:
            for distance in range(1, edits(word) + 1):
                yield Query.fuzzy_term_query(SCHEMA, field, word, distance), TYPO / distance

    def _phrase_prefix(self, field: Field, *terms: str) -> Query:
        *before, beginning = terms
        if self._beside:
            # A term is of letters, digits and marks, none of which means anything in a pattern.
            return self._owners(Query.regex_phrase_query(SCHEMA, field, [*before, f"{beginning}.*"]))
        words = [Query.term_query(SCHEMA, field, word) for word in before]
        return Query.boolean_query(_all(*words, _beginning(field, beginning)))

    def _owners(self, query: Query) -> Query:
        """Of this owner's documents alone: each phrase of a choice is read to its end, whatever narrows the choice."""
        return Query.boolean_query(_all(self._owner, query))


def _beginning(field: Field, beginning: str) -> Query:
    return Query.fuzzy_term_query(SCHEMA, field, beginning, 0, prefix=True)


def _all(*queries: Query) -> list[tuple[Occur, Query]]:
    return [(Occur.Must, query) for query in queries]


def _silent(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _sendable(value: str) -> str:
    """Half of a surrogate pair, which no stored value has, can't be said to Tantivy: a question mark for it."""
    return value.encode(errors="replace").decode()
