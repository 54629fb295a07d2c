"""What goes into a search index, what is asked of it, and what it answers. Times are milliseconds since the epoch.

Nothing here knows an engine: shared/search/index.py says what one must do with these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final, TypeAlias

from shared.search.fields import Field
from shared.search.query import Query


class Facet(StrEnum):
    """What results are filtered and counted by."""

    TYPE = "type"
    """`pdf`, `docx`, `markdown`, `html`, `text`."""
    TAG = "tag"
    LANGUAGE = "language"
    """BCP 47's primary tag; `und` where it is not known."""
    CATEGORY = "category"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class Match(StrEnum):
    """How a query was understood: each is tried where the one before finds nothing (searching.py)."""

    EXACT = "exact"
    """All words as they were typed, or as their language bends them."""
    CORRECTED = "corrected"
    """All words, each with a letter or two wrong."""
    ANY = "any"
    """Any of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as it is searched, at one of its versions."""

    id: str
    version: int
    owner: str
    title: str
    tags: tuple[str, ...]
    name: str
    type: str
    language: str
    category: str
    """Empty where it has no analysis."""
    created_at: int
    about: str
    text: str

    @property
    def words(self) -> Mapping[Field, tuple[str, ...]]:
        """What is searched in each field. A phrase never runs from one value into the next."""
        return {
            Field.TITLE: (self.title,),
            Field.TAG: self.tags,
            Field.NAME: (self.name,),
            Field.ABOUT: (self.about,),
            Field.TEXT: (self.text,),
        }

    @property
    def facets(self) -> Mapping[Facet, tuple[str, ...]]:
        """What it is filtered and counted by; an empty value is none."""
        return {
            Facet.TYPE: (self.type,),
            Facet.TAG: self.tags,
            Facet.LANGUAGE: (self.language,),
            Facet.CATEGORY: (self.category,),
        }


@dataclass(frozen=True, slots=True)
class Gone:
    """A tombstone: the document must not be in the index any more."""

    id: str
    version: int


State: TypeAlias = Entry | Gone


@dataclass(frozen=True, slots=True)
class Filters:
    """Values of one facet are alternatives, facets narrow each other; dates are of `created_at`, both inclusive."""

    facets: Mapping[Facet, tuple[str, ...]]
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """`owner` is of the credentials, never of a caller's words: an engine finds nothing of anybody else's."""

    owner: str
    query: Query
    """Without a clause: everything that passes the filters."""
    filters: Filters
    sort: Sort
    limit: int
    offset: int = 0
    facets: bool = False
    """Whether to count the values of each facet in all that was found."""


@dataclass(frozen=True, slots=True)
class Hit:
    id: str
    score: float
    """Of this query only; 0 where the order is by date."""


@dataclass(frozen=True, slots=True)
class Found:
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[Facet, Mapping[str, int]]
    """The 50 most frequent values of each, the most frequent first; empty where they were not asked for."""
    state: str
    """Which state of the index it was found in; another state may have other results."""


SHOWN: Final = 200_000
"""Characters of a document's text that snippets are cut from: an engine gives no more."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The words that a snippet is cut from, as they were indexed; of a long text the beginning (SHOWN)."""

    title: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Of a part of the index: how many documents, and the sum of their stamps."""

    count: int
    stamps: int


def part_of(document_id: str) -> str:
    """The range of ids that a document is counted in. Ids are random: some four thousand ranges of equal size."""
    return document_id[:2]


def stamp(document_id: str, version: int) -> int:
    """32 bits for a document at a version; a part's sum of them tells whether two sides hold the same."""
    return int.from_bytes(blake2b(f"{document_id} {version}".encode(), digest_size=4).digest())
