"""Pages of a search whose index may change between them: nothing is shown twice where the last hit can be found again.

    page 1    a b c          next: 3 hits in, behind c
    page 2        c d e f    asked with the hit before it: c is there, so d, e, f follow, whatever has changed
    page 2    x a b c d e    c has moved: it is looked for in the hits around, and d, e follow it
    page 2    a b d e        c is gone: what follows has moved up by one, most likely

The hits come from the cache or the index; of one state of the index they always have one order.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from functions.api import cursors
from shared.search.cached import Answer, named
from shared.search.model import Match, Request

DEPTH: Final = 1_000
"""Hits that can be paged through: who looks further needs better words, or a filter."""
AROUND: Final = 50
"""Hits before and behind, among which a page's place is looked for again."""

Find = Callable[[Request, Match | None], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: so many hits in, behind `last`, in what that `match` finds."""

    offset: int
    match: Match
    last: str


@dataclass(frozen=True, slots=True)
class Page:
    ids: Sequence[str]
    answer: Answer
    next: Place | None


async def page(find: Find, request: Request, place: Place | None) -> Page:
    """`request` is that of the first page; without a place it is that one."""
    if place is None:
        answer = await find(request, None)
        return _page(answer, answer.ids, 0)
    limit = min(request.limit, DEPTH - place.offset)
    before = place.offset - 1
    answer = await find(replace(request, offset=before, limit=1 + limit), place.match)
    if answer.ids[:1] == (place.last,):
        return _page(answer, answer.ids[1:], place.offset)
    start = max(0, before - AROUND)
    answer = await find(replace(request, offset=start, limit=2 * AROUND + limit), place.match)
    behind = answer.ids.index(place.last) + 1 if place.last in answer.ids else before - start
    return _page(answer, answer.ids[behind : behind + limit], start + behind)


def _page(answer: Answer, ids: Sequence[str], offset: int) -> Page:
    ends = offset + len(ids)
    more = len(ids) > 0 and ends < min(answer.total, DEPTH)
    return Page(ids, answer, Place(ends, answer.match, ids[-1]) if more else None)


def encode(place: Place, request: Request) -> str:
    return cursors.pack([place.offset, place.match.value, place.last], of=_name(request))


def decode(cursor: str, request: Request) -> Place | None:
    """None if it is no cursor of this search."""
    match cursors.unpack(cursor, of=_name(request)):
        case [int(offset), str(match), str(last)] if type(offset) is int and 0 < offset < DEPTH and match in _MATCHES:
            return Place(offset, Match(match), last)
    return None


def _name(request: Request) -> str:
    return f"search {named(request)}"


_MATCHES: Final = frozenset(match.value for match in Match)
