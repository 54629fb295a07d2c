"""The dead letters: list, look at, delete, and send again."""

from dataclasses import replace

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.errors import not_found
from infra.local.qstash.model import Options
from infra.local.qstash.options import Given, read_options
from infra.local.qstash.routes.requests import (
    answer,
    done,
    given_of,
    paging,
    query_lists,
    read_json,
    service_of,
)
from infra.local.qstash.service import Service
from infra.local.qstash.store.dlq import DeadLetter
from infra.local.qstash.store.filters import DLQ_COLUMNS, Filter, any_of, read_filter
from infra.local.qstash.views import Json, letter_view

_MOST = 100


class Ids(BaseModel):
    dlqIds: list[str] | None = None  # noqa: N815 - the wire's name


async def list_letters(request: Request) -> Response:
    """The earliest first, unless `order=latestFirst`."""
    count, cursor = paging(request, _MOST)
    letters, following = service_of(request).store.dlq.page(
        read_filter(query_lists(request), DLQ_COLUMNS),
        count=count,
        after=cursor,
        latest_first=request.query_params.get("order") == "latestFirst",
    )
    view: Json = {"messages": [letter_view(letter) for letter in letters]}
    if following is not None:
        view["cursor"] = str(following)
    return answer(view)


async def get(request: Request) -> Response:
    return answer(letter_view(_one(request)))


async def delete(request: Request) -> Response:
    service_of(request).store.dlq.delete([_one(request).id])
    return done()


async def delete_many(request: Request) -> Response:
    """By ids in the body (Python) or by query (JavaScript); without either, as many as one page holds."""
    letters, following = await _chosen(request)
    deleted = service_of(request).store.dlq.delete([letter.id for letter in letters])
    return answer({"deleted": deleted} | ({"cursor": str(following)} if following is not None else {}))


async def retry(request: Request) -> Response:
    """In the words of the API reference (`messageId`) and in those of a bulk retry, which SDKs read."""
    message_id = _send_again(service_of(request), _one(request), given_of(request))
    return answer({"messageId": message_id, "cursor": "", "responses": [{"messageId": message_id}]}, 201)


async def retry_many(request: Request) -> Response:
    service, given = service_of(request), given_of(request)
    letters, following = await _chosen(request)
    responses = [{"messageId": _send_again(service, letter, given)} for letter in letters]
    return answer({"cursor": str(following or ""), "responses": responses}, 201)


def _one(request: Request) -> DeadLetter:
    name = request.path_params["id"]
    letter = service_of(request).store.dlq.get(name)
    if letter is None:
        raise not_found("dlq message", name)
    return letter


async def _chosen(request: Request) -> tuple[list[DeadLetter], int | None]:
    condition: Filter = read_filter(
        {name: values for name, values in query_lists(request).items() if not name.lower().startswith("upstash-")},
        DLQ_COLUMNS,
    )
    ids = (await read_json(request, Ids)).dlqIds
    if ids is not None:
        condition &= any_of("id", ids)
    count, cursor = paging(request, _MOST)
    return service_of(request).store.dlq.page(condition, count=count, after=cursor)


def _send_again(service: Service, letter: DeadLetter, given: Given) -> str:
    """A new message with the same body and headers takes the letter's place."""
    options = _overridden(letter.message.options, given, service)
    with service.store.database.transaction():
        message_id, entry = service.publisher.again(letter.message, letter.body, options)
        service.store.dlq.delete([letter.id])
    service.dispatcher.add([entry])
    return message_id


def _overridden(options: Options, given: Given, service: Service) -> Options:
    """What the call says itself wins over what the message said."""
    fresh = read_options(given, service.settings.plan)
    fields = {
        "method": "method",
        "retries": "retries",
        "retry-delay": "retry_delay",
        "timeout": "timeout",
        "callback": "callback",
        "failure-callback": "failure_callback",
        "flow-control-key": "flow",
        "label": "label",
    }
    changes = {field: getattr(fresh, field) for name, field in fields.items() if given.get(name) is not None}
    return replace(options, **changes)


ROUTES = [
    Route("/v2/dlq", list_letters, methods=["GET"]),
    Route("/v2/dlq", delete_many, methods=["DELETE"]),
    Route("/v2/dlq/retry", retry_many, methods=["POST"]),
    Route("/v2/dlq/retry/{id}", retry, methods=["POST"]),
    Route("/v2/dlq/{id}", get, methods=["GET"]),
    Route("/v2/dlq/{id}", delete, methods=["DELETE"]),
]
