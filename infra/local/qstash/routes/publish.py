"""Publish, enqueue and batch."""

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.destination import checked_name
from infra.local.qstash.errors import QStashError, bad_request
from infra.local.qstash.options import Given, read_options
from infra.local.qstash.publishing import Published, Request
from infra.local.qstash.routes.batch import BatchItem, read_batch
from infra.local.qstash.routes.requests import (
    answer,
    caller_ip,
    checked_size,
    destination_after,
    given_of,
    read_body,
    service_of,
)
from infra.local.qstash.service import Service
from infra.local.qstash.views import Json


async def publish(request: HttpRequest) -> Response:
    return await _accept(request, destination_after(request, "/v2/publish/"), None)


async def enqueue(request: HttpRequest) -> Response:
    queue = checked_name("queue", request.path_params["queue"])
    return await _accept(request, destination_after(request, f"/v2/enqueue/{queue}/"), queue)


async def batch(request: HttpRequest) -> Response:
    """Each item stands alone: a refused one is an error in its place, the others are sent."""
    service = service_of(request)
    items = read_batch(await read_body(request, service.settings.plan.max_batch))
    return answer([_batch_item(service, item, caller_ip(request)) for item in items], 201)


async def _accept(request: HttpRequest, destination: str, queue: str | None) -> Response:
    service = service_of(request)
    body = await read_body(request, service.settings.plan.max_message)
    published = service.publish(
        _request(service, destination, given_of(request), body, queue=queue, ip=caller_ip(request))
    )
    return answer(_receipts(published), 201 if published.entries else 202)


def _batch_item(service: Service, item: BatchItem, ip: str) -> object:
    try:
        body = checked_size(item.raw(), service.settings.plan.max_message)
        queue = checked_name("queue", item.queue) if item.queue else None
        given = Given(item.headers.items())
        return _receipts(service.publish(_request(service, item.destination, given, body, queue=queue, ip=ip)))
    except QStashError as refusal:
        return {"error": refusal.message}


def _request(service: Service, destination: str, given: Given, body: bytes, *, queue: str | None, ip: str) -> Request:
    options = read_options(given, service.settings.plan)
    if queue is not None and (options.delay or options.not_before):
        raise bad_request("a queue's messages can't be delayed")
    return Request(destination=destination, options=options, body=body, caller_ip=ip, queue=queue)


def _receipts(published: Published) -> object:
    """One object for a URL, a list of them for a URL group."""
    views: list[Json] = []
    for receipt in published.receipts:
        view: Json = {"messageId": receipt.message_id}
        if published.to_group:
            view["url"] = receipt.url
        if receipt.deduplicated:
            view["deduplicated"] = True
        views.append(view)
    return views if published.to_group else views[0]


ROUTES = [
    Route("/v2/publish/{destination:path}", publish, methods=["POST"]),
    Route("/v2/enqueue/{queue}/{destination:path}", enqueue, methods=["POST"]),
    Route("/v2/batch", batch, methods=["POST"]),
]
