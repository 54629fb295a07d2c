"""A document's words as PostgreSQL keeps them: a tsvector of our own terms, which no dictionary of its own has touched.

    'Tmill':2A       a word of the title at its second place          T title, G tag, N name, A about, X text
    'ten|mill':1A    its stem                                         the same letters, small
    'O5f2a..'        whose document it is

The letter in front says where a word stands, so that one index answers for one field and for all, and a phrase stays
within a field. The owner is among them so that one look into the index is for one owner's documents: beside an index of
owners PostgreSQL would often choose that one alone, and read every long tsvector that it names. The label behind a
place is what the place counts.

PostgreSQL's limits (https://www.postgresql.org/docs/current/textsearch-limitations.html), and what becomes of them:

    a word's place is at most 16,383     words behind it are found, but in no phrase
    at most 256 places of one word       a phrase is not found by a later one
    1 MB in all                          the text's stems, then its words, are found as far as there is room
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Final

from shared.search.analyzer import is_dense, joined
from shared.search.fields import Field
from shared.search.model import Entry
from shared.search.stems import stems

LETTERS: Final[Mapping[Field, str]] = MappingProxyType(
    {Field.TITLE: "T", Field.TAG: "G", Field.NAME: "N", Field.ABOUT: "A", Field.TEXT: "X"}
)
LABELS: Final[Mapping[str, str]] = MappingProxyType({"T": "A", "G": "B", "N": "C", "A": "C", "X": ""})
"""Without one it is D."""
LAST_PLACE: Final = 16_383
PLACES: Final = 255
ROOM: Final = 1_000_000
"""Bytes, of the 1,048,575 that there are."""
SHORTEST: Final = 3
"""Characters of a word that a mistyped one can be meant for (typos.ONE_FROM, with one too many)."""


@dataclass(frozen=True, slots=True)
class Lexemes:
    vector: str
    """A tsvector's text."""
    words: frozenset[str]
    """What a mistyped word may have been meant for."""


def lexemes(entry: Entry) -> Lexemes:
    kept = [owned_by(entry.owner)]
    words: set[str] = set()
    used = 0
    for lexeme, places in _places(entry).items():
        used += len(lexeme.encode()) + 2 * len(places) + 4
        if used > ROOM:
            break
        label = LABELS[lexeme[0].upper()]
        at = ",".join([f"{place}{label}" for place in places])
        kept.append(f"{quoted(lexeme)}:{at}" if places else quoted(lexeme))
        if lexeme[0].isupper() and _is_mistakable(lexeme[1:]):
            words.add(lexeme[1:])
    return Lexemes(" ".join(kept), frozenset(words))


def quoted(lexeme: str) -> str:
    """As it stands in a tsvector or a tsquery, whatever is in it."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def owned_by(owner: str) -> str:
    """A lexeme. Of any length is none: so it is a hash, and who asks names the owner once more."""
    return quoted("O" + blake2b(owner.encode(errors="surrogatepass"), digest_size=16).hexdigest())


def word_of(field: Field, term: str) -> str:
    return LETTERS[field] + term


def stem_of(field: Field, stem: str) -> str:
    return LETTERS[field].lower() + stem


def _places(entry: Entry) -> dict[str, list[int]]:
    """What counts most comes first, so that what there is no room for is the end of the text."""
    found: dict[str, list[int]] = {}
    for field, values in entry.words.items():
        before = 0
        for value in values:
            terms = joined(value).split()
            for place, term in enumerate(terms, before + 1):
                places = found.setdefault(word_of(field, term), [])
                if place <= LAST_PLACE and len(places) < PLACES:
                    places.append(place)
            for stem in stems(dict.fromkeys(terms), entry.language):
                found[stem_of(field, stem)] = [1]
            before += len(terms) + 1  # no phrase runs from one value into the next
    return found


def _is_mistakable(term: str) -> bool:
    return len(term) >= SHORTEST and not term.isdigit() and not is_dense(term)
