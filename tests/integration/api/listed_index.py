"""A search index in a list: it finds what the test has put into it, whoever asks, in that order.

So it may know what was deleted, what is another's and what never was: what is shown of that is up to the API.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import cast

from shared.errors import DependencyDown
from shared.search.index import SearchIndex
from shared.search.model import Facet, Found, Hit, Match, Request, Texts


@dataclass
class ListedIndex:
    ids: list[str] = field(default_factory=list)
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    text: str = "The mill by the water."
    finds: Match = Match.EXACT
    """How a query must be understood to find anything."""
    away: bool = False
    asked: list[Request] = field(default_factory=list)

    def __call__(self) -> SearchIndex:
        """As Services want it. What else an index can do, nobody asks for in a search."""
        return cast("SearchIndex", self)

    async def search(self, request: Request, how: Match) -> Found:
        self._answers()
        self.asked.append(request)
        ids = self.ids if list(Match).index(how) >= list(Match).index(self.finds) else []
        hits = ids[request.offset : request.offset + request.limit]
        return Found(tuple(Hit(one, 0.1) for one in hits), len(ids), self.facets if request.facets else {}, "state")

    async def texts(self, ids: Collection[str], *, owner: str) -> Mapping[str, Texts]:
        self._answers()
        return {one: Texts("A title", "", self.text) for one in ids}

    def _answers(self) -> None:
        if self.away:
            raise DependencyDown("storage", "is away", retry_after=7)
