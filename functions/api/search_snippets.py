"""The snippets of a page of hits, in bounded time: all its texts together are looked at for so many characters, and
none is begun when SECONDS are over.

Each text may have an equal share of them, and what a short one leaves is for those behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from shared import degraded
from shared.clock import World
from shared.errors import DependencyDown
from shared.search.index import SearchIndex
from shared.search.model import Match, Request
from shared.search.snippets import Passage, passages

CHARACTERS: Final = 1_000_000
"""Half a second; of scripts without spaces two or three."""
SECONDS: Final = 2.0
"""The hits behind have none then."""


async def snippets(
    index: Callable[[], SearchIndex], request: Request, match: Match, ids: Sequence[str], *, world: World
) -> Mapping[str, Sequence[Passage]]:
    """By the documents' ids. None, where nothing is marked, or where the index can't be had: the hits were cached."""
    if not ids or not request.query.positive:
        return {}
    try:
        texts = await index().texts(ids, owner=request.owner)
    except DependencyDown as error:
        degraded.to(error.service, "search: no snippets")
        return {}
    found: dict[str, Sequence[Passage]] = {}
    left, ends = CHARACTERS, world.monotonic() + SECONDS
    for behind, one in zip(range(len(ids), 0, -1), ids, strict=True):
        if (read := texts.get(one)) and world.monotonic() < ends:
            looked_at = replace(read, text=read.text[: left // behind])
            left -= len(looked_at.text)
            found[one] = passages(looked_at, request.query, match)
    return found
