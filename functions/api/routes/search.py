"""Search: the caller's own documents, by words, filters and dates.

    parse ──▶ ids (cached, or the index) ──▶ documents (MongoDB: own, not deleted) ──▶ snippets (the index)

The index follows the documents within seconds (functions/sync_search), and what was found is kept for some more
(shared/search/cached.py); what is shown of a document is what it is now, and a deleted one is gone at once.

An answer may be kept by its asker alone, and asked for again with its ETag, which is of its very bytes.
"""

from functools import partial
from hashlib import sha256
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from functions.api.documented import problems
from functions.api.limits import RouteLimits
from functions.api.preconditions import KnownTags, unchanged
from functions.api.principal import DocumentReader
from functions.api.problems import Problem
from functions.api.search_paging import Place, decode, encode, page
from functions.api.search_query import SearchQuery
from functions.api.search_snippets import snippets
from functions.api.search_view import SearchPage, counted, item
from functions.api.services import WithServices
from shared.documents import records
from shared.rate_limits import Away, Limit
from shared.search.model import Request

LIMITS: Final = RouteLimits(caller=Limit("search-caller", requests=120, seconds=60, away=Away.LOCAL))
"""As fast as somebody types who is answered at every pause."""


async def search(
    asked: Annotated[SearchQuery, Query()],
    principal: DocumentReader,
    services: WithServices,
    known: KnownTags = None,
) -> Response:
    """Your own. Whatever `q` is, it is searched for."""
    request = asked.request(principal.id)
    found = await page(partial(services.found.find, services.index), request, _place(asked.cursor, request))
    documents = await records.several(services.database, found.ids, owner=principal.id)
    shown = [documents[one] for one in found.ids if one in documents]
    ids = [document.id for document in shown]
    marked = await snippets(services.index, request, found.answer.match, ids, world=services.world)
    answer = SearchPage(
        items=[item(document, marked.get(document.id, ())) for document in shown],
        total=found.answer.total,
        match=found.answer.match,
        facets=counted(found.answer.facets) if request.facets else None,
        next=None if found.next is None else encode(found.next, request),
    )
    return _answered(answer.model_dump_json().encode(), known)


def _place(cursor: str | None, request: Request) -> Place | None:
    if cursor is None:
        return None
    place = decode(cursor, request)
    if place is None:
        raise Problem(400, "cursor", "The cursor is not one of this search.")
    return place


def _answered(body: bytes, known: str | None) -> Response:
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if unchanged(known, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


_ETAG: Final = {"headers": {"ETag": {"description": "Of this answer.", "schema": {"type": "string"}}}}


def router() -> APIRouter:
    made = APIRouter(prefix="/v1/search", tags=["documents"])
    made.add_api_route(
        "",
        search,
        summary="Search your documents",
        response_model=SearchPage,
        dependencies=LIMITS.dependencies,
        responses=problems(400, 401, 403, 422, 429)
        | {200: _ETAG, 304: {**_ETAG, "description": "It is the answer that If-None-Match names."}},
    )
    return made
