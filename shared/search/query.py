"""What a person types, read leniently: whatever it is, it is a query, and never an error.

    mill race            both words
    "mill race"          the words beside each other
    title:mill           in one field (fields.Field); an unknown name before a colon is a word like any other
    mil*                 words that begin so
    -mill                not with this word

A word that its analysis cuts into several (wi-fi, 水車小屋) is a phrase of them; a single character of a script without
spaces is a beginning. What has no letter or digit in it is left out, and so is what comes after CHARACTERS and CLAUSES.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.search.analyzer import is_dense, is_single, terms
from shared.search.fields import Field

CHARACTERS: Final = 512
CLAUSES: Final = 32

_QUOTES: Final = '"\u201c\u201d\u201e\u00ab\u00bb\uff02\u300c\u300d\u300e\u300f'
_CLAUSE: Final = re.compile(
    rf"(?P<sign>-?)(?:(?P<field>[a-z]+):)?(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]?|(?P<word>[^\s{_QUOTES}]+))",
    re.IGNORECASE,
)


class Kind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Clause:
    """WORD has one term, PHRASE several that follow each other; of a PREFIX the last one is a beginning."""

    kind: Kind
    terms: tuple[str, ...]
    field: Field | None = None
    """None: in any of them."""
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    clauses: tuple[Clause, ...] = ()

    @property
    def positive(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if not clause.excluded)

    @property
    def excluded(self) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.excluded)

    @property
    def canonical(self) -> str:
        """The same for queries that mean the same; for keys."""
        return "\n".join(sorted({repr(clause) for clause in self.clauses}))


def parse(text: str) -> Query:
    """Never raises. Signs and letters of full width, as the keyboards of East Asia write them, are the narrow ones."""
    narrow = unicodedata.normalize("NFKC", text[:CHARACTERS])[:CHARACTERS]
    clauses = dict.fromkeys(_clauses(narrow.replace("\u2212", "-")))
    return Query(tuple(clauses)[:CLAUSES])


def _clauses(text: str) -> Iterator[Clause]:
    for found in _CLAUSE.finditer(text):
        excluded, field = bool(found["sign"]), _field(found["field"])
        if found["field"] and field is None:
            yield from _clause(found["field"], None, excluded=excluded)
        if found["quoted"] is None:
            yield from _clause(found["word"], field, excluded=excluded, prefix=found["word"].endswith("*"))
        else:
            yield from _clause(found["quoted"], field, excluded=excluded)


def _field(name: str | None) -> Field | None:
    try:
        return Field(name.lower()) if name else None
    except ValueError:
        return None


def _clause(said: str, field: Field | None, *, excluded: bool, prefix: bool = False) -> Iterator[Clause]:
    made = _open_ended(terms(said))
    if not made:
        return
    whole = Kind.WORD if len(made) == 1 else Kind.PHRASE
    kind = Kind.PREFIX if prefix or is_single(made[-1]) else whole
    yield Clause(kind, tuple(made), field, excluded)


def _open_ended(made: list[str]) -> list[str]:
    """Without the last character alone, which would demand that the text has nothing behind it either."""
    paired = len(made) > 1 and is_single(made[-1]) and is_dense(made[-2]) and not is_single(made[-2])
    return made[:-1] if paired and made[-2].endswith(made[-1]) else made
