"""The log, under both of its names."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.routes.requests import answer, paging, query_lists, service_of
from infra.local.qstash.store.filters import EVENT_COLUMNS, read_filter
from infra.local.qstash.views import Json, event_view

_MOST = 1000


async def list_events(request: Request) -> Response:
    """The latest first, unless `order=earliestFirst`."""
    service = service_of(request)
    count, cursor = paging(request, _MOST)
    events, following = service.store.events.page(
        read_filter(query_lists(request), EVENT_COLUMNS),
        count=count,
        before=cursor,
        oldest_first=request.query_params.get("order") == "earliestFirst",
    )
    view: Json = {"events": [event_view(event) for event in events]}
    if following is not None:
        view["cursor"] = str(following)
    return answer(view)


ROUTES = [
    Route("/v2/events", list_events, methods=["GET"]),
    Route("/v2/logs", list_events, methods=["GET"]),
]
