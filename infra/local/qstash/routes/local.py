"""Two calls that QStash does not have, for demos and tests of this repository."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.errors import QStashError, not_found
from infra.local.qstash.model import Attempt
from infra.local.qstash.routes.requests import answer, service_of


async def redeliver(request: Request) -> Response:
    """Deliver a finished message once more, at once, under the same id: a duplicate, as QStash may send one.

    It changes nothing that is stored. Answers with the destination's status.
    """
    service, name = service_of(request), request.path_params["id"]
    stored = service.store.messages.get(name)
    if stored is None:
        raise not_found("message", name)
    if stored.finished_at is None:
        raise QStashError(409, "message has not been delivered yet")
    if stored.body is None:
        raise QStashError(410, "message was delivered too long ago: its body is gone")
    got = await service.carrier.send(Attempt(stored.message, stored.body, stored.retried))
    return answer({"messageId": name, "status": got.status, "error": got.error})


async def idle(request: Request) -> Response:
    """Whether nothing waits (delayed, paused and retrying messages wait too) and nothing is on its way."""
    service = service_of(request)
    waiting, active = service.store.messages.waiting(), service.dispatcher.active
    return answer({"idle": waiting + active == 0, "waiting": waiting, "active": active})


ROUTES = [
    Route("/local/redeliver/{id}", redeliver, methods=["POST"]),
    Route("/local/idle", idle, methods=["GET"]),
]
