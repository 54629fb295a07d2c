"""What a query means, said once more without an index: every document is looked at, word by word."""

from collections.abc import Iterable, Sequence

from shared.search.analyzer import terms
from shared.search.fields import Field
from shared.search.model import Entry, Match
from shared.search.query import Clause, Kind, Query
from shared.search.stems import possible_stems, stems
from shared.search.typos import edits, within


def scan(entries: Iterable[Entry], query: Query, how: Match) -> set[str]:
    return {entry.id for entry in entries if _matches(entry, query, how)}


def _matches(entry: Entry, query: Query, how: Match) -> bool:
    if any(_clause(entry, clause, Match.EXACT) for clause in query.excluded):
        return False
    enough = any if how is Match.ANY and query.positive else all
    return enough(_clause(entry, clause, how) for clause in query.positive)


def _clause(entry: Entry, clause: Clause, how: Match) -> bool:
    values = {
        Field.TITLE: (entry.title,),
        Field.TAG: entry.tags,
        Field.NAME: (entry.name,),
        Field.ABOUT: (entry.about,),
        Field.TEXT: (entry.text,),
    }
    fields = [clause.field] if clause.field else list(Field)
    return any(_value(terms(value), entry.language, clause, how) for field in fields for value in values[field])


def _value(words: Sequence[str], language: str, clause: Clause, how: Match) -> bool:
    if clause.kind is Kind.WORD:
        return _word(words, language, clause.terms[0], how)
    length = len(clause.terms)
    places = [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]
    if clause.kind is Kind.PHRASE:
        return clause.terms in places
    *before, beginning = clause.terms
    return any(list(place[:-1]) == before and place[-1].startswith(beginning) for place in places)


def _word(words: Sequence[str], language: str, word: str, how: Match) -> bool:
    if word in words or not set(possible_stems(word)).isdisjoint(stems(words, language)):
        return True
    return how is not Match.EXACT and any(within(word, other, edits(word)) for other in words)
