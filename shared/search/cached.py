"""What a search has found, kept in Redis for some seconds: ids and numbers, never a word of a document (case 30).

    found = await kept.find(index, request)        # cached, or searched for now
    await kept.invalidate(owners)                  # after a commit to the index

Who shows what was found reads it from MongoDB, by (id, owner, not deleted), so that nothing old is shown as it was.

    the index changed         its writer invalidates the owners' entries, once it is committed
    Redis was away for that   they end by themselves: FRESH is the most by which this adds to the index's own lag
    Redis is away             each process keeps what it finds for some seconds (cache.Policy.memo)
    facets were asked for     searched too: their values are people's words
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import TypeAdapter

from shared import degraded
from shared.cache import Cache, Policy
from shared.clock import World
from shared.errors import RetryableError
from shared.redis import Redis
from shared.search.index import SearchIndex
from shared.search.model import Facet, Match, Request
from shared.search.searching import find

FRESH: Final = 15.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What Redis keeps of an answer."""

    ids: tuple[str, ...]
    total: int
    match: Match


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of a search, and what was counted beside it."""

    ids: tuple[str, ...]
    total: int
    match: Match
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)


class SearchCache:
    def __init__(self, redis: Redis, world: World) -> None:
        policy = Policy(fresh=FRESH)
        self._cache = Cache(redis, world, name="search", values=TypeAdapter(Kept), policy=policy)

    async def find(self, index: Callable[[], SearchIndex], request: Request, how: Match | None = None) -> Answer:
        """`index` is called when something must be searched. Raises what the index raises."""
        if request.facets:
            return await _searched(index(), request, how)

        async def compute() -> Kept:
            made = await _searched(index(), request, how)
            return Kept(made.ids, made.total, made.match)

        kept = await self._cache.get(_key(request, how), compute, tags=(tag_of(request.owner),))
        return Answer(kept.ids, kept.total, kept.match) if kept else await _searched(index(), request, how)

    async def invalidate(self, owners: Collection[str]) -> None:
        """Once this has returned, nothing is found for these owners that was searched before; a best effort."""
        if not owners:
            return
        try:
            await self._cache.invalidate_tag(*map(tag_of, sorted(owners)))
        except RetryableError:
            degraded.to("redis", "search: results end by themselves")


def tag_of(owner: str) -> str:
    return f"owner:{owner}"


async def _searched(index: SearchIndex, request: Request, how: Match | None) -> Answer:
    found, match = await find(index, request, how=how)
    return Answer(tuple(hit.id for hit in found.hits), found.total, match, found.facets)


def named(request: Request) -> str:
    """The same for requests whose results are the same, whichever page they ask for. It holds what was asked."""
    filters = request.filters
    facets = {facet.value: sorted(values) for facet, values in sorted(filters.facets.items())}
    asked = [request.query.canonical, facets, filters.since, filters.until, request.sort.value]
    return json.dumps([request.owner, *asked])


def _key(request: Request, how: Match | None) -> str:
    """The cache makes a hash of it."""
    return json.dumps([named(request), request.limit, request.offset, how and how.value])
