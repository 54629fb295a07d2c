"""Queues: create or change, look at, pause, resume, delete."""

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.clock import milliseconds
from infra.local.qstash.destination import checked_name
from infra.local.qstash.errors import bad_request, not_found
from infra.local.qstash.gates import queue_gate
from infra.local.qstash.routes.messages import cancel_message
from infra.local.qstash.routes.requests import answer, done, read_json, service_of
from infra.local.qstash.service import Service
from infra.local.qstash.store.filters import Filter
from infra.local.qstash.store.queues import Queue
from infra.local.qstash.views import Json


class QueueBody(BaseModel):
    queueName: str  # noqa: N815 - the wire's name
    parallelism: int = Field(default=1, ge=1, le=1000)
    paused: bool = False


async def put(request: Request) -> Response:
    service, body = service_of(request), await read_json(request, QueueBody)
    name, queues = checked_name("queue", body.queueName), service.store.queues
    if queues.get(name) is None and len(queues.all()) >= service.settings.plan.max_queues:
        raise bad_request(f"this plan allows {service.settings.plan.max_queues} queues")
    now = milliseconds(service.clock.now())
    queues.put(name, parallelism=body.parallelism, paused=body.paused, now=now)
    service.dispatcher.open(queue_gate(name))
    return done()


async def list_queues(request: Request) -> Response:
    service = service_of(request)
    return answer([_view(service, queue) for queue in service.store.queues.all()])


async def get(request: Request) -> Response:
    service, name = service_of(request), request.path_params["name"]
    queue = service.store.queues.get(name)
    if queue is None:
        raise not_found("queue", name)
    return answer(_view(service, queue))


async def delete(request: Request) -> Response:
    """With what waits in it."""
    service, name = service_of(request), request.path_params["name"]
    for stored in service.store.messages.live(Filter("queue = ?", (name,))):
        cancel_message(service, stored)
    service.store.queues.delete(name)
    return done()


async def pause(request: Request) -> Response:
    return _set_paused(request, paused=True)


async def resume(request: Request) -> Response:
    return _set_paused(request, paused=False)


def _set_paused(request: Request, *, paused: bool) -> Response:
    service, name = service_of(request), request.path_params["name"]
    if not service.store.queues.pause(name, paused=paused, now=milliseconds(service.clock.now())):
        raise not_found("queue", name)
    service.dispatcher.open(queue_gate(name))
    return done()


def _view(service: Service, queue: Queue) -> Json:
    return {
        "name": queue.name,
        "parallelism": queue.parallelism,
        "paused": queue.paused,
        "createdAt": queue.created_at,
        "updatedAt": queue.updated_at,
        "lag": service.store.messages.in_queue(queue.name),
    }


ROUTES = [
    Route("/v2/queues", put, methods=["POST"]),
    Route("/v2/queues", list_queues, methods=["GET"]),
    Route("/v2/queues/{name}", get, methods=["GET"]),
    Route("/v2/queues/{name}", delete, methods=["DELETE"]),
    Route("/v2/queues/{name}/pause", pause, methods=["POST"]),
    Route("/v2/queues/{name}/resume", resume, methods=["POST"]),
]
