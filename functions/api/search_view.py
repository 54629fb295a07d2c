"""What a search answers: of each document enough to know it by, and the passages that it was found for."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel

from shared.documents import Document, Status
from shared.runs.model import instant
from shared.search.fields import Field as Where
from shared.search.model import Facet, Match
from shared.search.snippets import Passage
from shared.search.source import entry


class HitView(BaseModel):
    """A document as it is now; the rest of it, with its analysis, is `GET /v1/documents/{id}`."""

    id: str
    title: str
    tags: list[str]
    version: int
    status: Status
    type: str
    language: str
    category: str | None
    created_at: datetime
    updated_at: datetime


class SnippetView(BaseModel):
    field: Where
    text: str
    marks: list[tuple[int, int]]
    """Where in `text` the words are: [first, behind the last), in Unicode's code points, in order."""


class SearchItem(BaseModel):
    document: HitView
    snippets: list[SnippetView]
    """At most one of `title`, `about` and `text` each."""


class FacetValue(BaseModel):
    value: str
    count: int


class SearchPage(BaseModel):
    items: list[SearchItem]
    """May be fewer than `limit` on any page: what was deleted meanwhile is left out."""
    total: int
    """How many the index has found, on all pages."""
    match: Match
    """`exact`: as typed, or as the language bends it. `corrected`: nothing was, so with a letter or two wrong. `any`:
    nothing had all of the words."""
    facets: dict[Facet, list[FacetValue]] | None
    """The 50 most frequent values of each, where they were asked for."""
    next: str | None
    """The `cursor` of the next page; null on the last one, and after 1,000 hits."""


def item(document: Document, passages: Iterable[Passage]) -> SearchItem:
    searched = entry(document, "")  # which knows the words that filters and facets have for it
    hit = HitView(
        id=document.id,
        title=document.title,
        tags=list(document.tags),
        version=document.version,
        status=document.status,
        type=searched.type,
        language=searched.language,
        category=searched.category or None,
        created_at=instant(document.created_at),
        updated_at=instant(document.updated_at),
    )
    snippets = [SnippetView(field=one.field, text=one.text, marks=list(one.marks)) for one in passages]
    return SearchItem(document=hit, snippets=snippets)


def counted(facets: Mapping[Facet, Mapping[str, int]]) -> dict[Facet, list[FacetValue]]:
    """Every facet, those without a value too; what has no category is not counted by it."""
    return {
        facet: [FacetValue(value=value, count=count) for value, count in facets.get(facet, {}).items() if value]
        for facet in Facet
    }
