"""Tries to understand a query in one way after another, until something is found (model.Match)."""

from shared.search.index import SearchIndex
from shared.search.model import Found, Match, Request


async def find(index: SearchIndex, request: Request, *, how: Match | None = None) -> tuple[Found, Match]:
    """What was found, and how the query was understood for it. A further page gives `how` and gets that one."""
    ways = (how,) if how is not None else _ways(request)
    for way in ways:
        found = await index.search(request, way)
        if found.total:
            return found, way
    return found, way


def _ways(request: Request) -> tuple[Match, ...]:
    match len(request.query.positive):
        case 0:
            return (Match.EXACT,)
        case 1:
            return (Match.EXACT, Match.CORRECTED)
        case _:
            return tuple(Match)
