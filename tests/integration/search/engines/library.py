"""An index with documents put in and asked for by hand.

await library.hold(entry("mill", text="A water mill"), entry("sea"))
await library.ids("water")                                             # {"mill"}
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.search.index import SearchIndex
from shared.search.model import Entry, Facet, Filters, Found, Match, Request, Sort, State
from shared.search.query import parse

NOON = 1_750_000_000_000
NO_FILTERS = Filters({})


def entry(
    document_id: str,
    *,
    version: int = 1,
    owner: str = "ada",
    title: str = "",
    tags: tuple[str, ...] = (),
    name: str = "file",
    type: str = "pdf",  # noqa: A002 - the field's name
    language: str = "und",
    category: str = "",
    created_at: int = NOON,
    about: str = "",
    text: str = "",
) -> Entry:
    return Entry(
        id=document_id,
        version=version,
        owner=owner,
        title=title,
        tags=tags,
        name=name,
        type=type,
        language=language,
        category=category,
        created_at=created_at,
        about=about,
        text=text,
    )


@dataclass(frozen=True, slots=True)
class Library:
    index: SearchIndex

    async def hold(self, *states: State) -> None:
        async def read() -> Sequence[State]:
            return states

        await self.index.change(read)

    async def found(
        self,
        words: str,
        *,
        owner: str = "ada",
        how: Match = Match.EXACT,
        filters: Filters = NO_FILTERS,
        sort: Sort = Sort.RELEVANCE,
        limit: int = 100,
        offset: int = 0,
        facets: bool = False,
    ) -> Found:
        asked = Request(owner, parse(words), filters, sort, limit, offset, facets)
        return await self.index.search(asked, how)

    async def ids(
        self, words: str, *, owner: str = "ada", how: Match = Match.EXACT, filters: Filters = NO_FILTERS
    ) -> set[str]:
        found = await self.found(words, owner=owner, how=how, filters=filters)
        assert found.total == len(found.hits) == len({hit.id for hit in found.hits})
        return {hit.id for hit in found.hits}

    async def order(self, words: str, *, sort: Sort = Sort.RELEVANCE, how: Match = Match.EXACT) -> list[str]:
        return [hit.id for hit in (await self.found(words, sort=sort, how=how)).hits]

    async def agrees(self, expected: Mapping[str, set[str]], *, how: Match = Match.EXACT) -> None:
        """Each query finds these documents and no other; all that differ are shown."""
        assert {words: await self.ids(words, how=how) for words in expected} == expected


def only(facet: Facet, *values: str) -> Filters:
    return Filters({facet: values})
