"""Messages: look at one, cancel one, many or all."""

from typing import Final

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.clock import milliseconds
from infra.local.qstash.errors import not_found
from infra.local.qstash.model import EventState, State
from infra.local.qstash.routes.requests import answer, done, query_lists, read_json, service_of
from infra.local.qstash.service import Service
from infra.local.qstash.store.filters import MESSAGE_COLUMNS, any_of, read_filter
from infra.local.qstash.store.messages import Stored
from infra.local.qstash.views import message_view

# A finished message can be looked at for a moment more, as at the hosted service.
LINGER: Final = 1.0


class Ids(BaseModel):
    messageIds: list[str] | None = None  # noqa: N815 - the wire's name


async def get(request: Request) -> Response:
    service, name = service_of(request), request.path_params["id"]
    stored = service.store.messages.get(name)
    if stored is None or _is_gone(stored, service.clock.now()):
        raise not_found("message", name)
    return answer(message_view(stored.message, stored.body))


async def cancel(request: Request) -> Response:
    service, name = service_of(request), request.path_params["id"]
    stored = service.store.messages.get(name)
    if stored is None or stored.finished_at is not None:
        raise not_found("message", name)
    cancel_message(service, stored)
    return done(202)


async def cancel_many(request: Request) -> Response:
    """By ids in the body (Python) or by query (JavaScript); without either, all."""
    service = service_of(request)
    ids = (await read_json(request, Ids)).messageIds
    condition = read_filter(query_lists(request), MESSAGE_COLUMNS, "created_at")
    if ids is not None:
        condition &= any_of("id", ids)
    found = service.store.messages.live(condition)
    for stored in found:
        cancel_message(service, stored)
    return answer({"cancelled": len(found)})


def cancel_message(service: Service, stored: Stored) -> None:
    """At once while it waits. On its way already, it is not tried again, and counts as delivered if it arrives."""
    now, message = service.clock.now(), stored.message
    with service.store.database.transaction():
        service.store.messages.request_cancel(message.id)
        service.store.events.add(message, EventState.CANCEL_REQUESTED, milliseconds(now))
        if stored.state is not State.WAITING:
            return
        service.store.messages.finish(message.id, State.CANCELED, now)
        service.store.events.add(message, EventState.CANCELED, milliseconds(now))
    flow = message.options.flow
    service.dispatcher.drop(message.id, queue=message.queue, flow_key=flow.key if flow else None)


def _is_gone(stored: Stored, now: float) -> bool:
    if stored.finished_at is None:
        return False
    return stored.state is State.CANCELED or now - stored.finished_at > LINGER


ROUTES = [
    Route("/v2/messages/{id}", get, methods=["GET"]),
    Route("/v2/messages/{id}", cancel, methods=["DELETE"]),
    Route("/v2/messages", cancel_many, methods=["DELETE"]),
]
