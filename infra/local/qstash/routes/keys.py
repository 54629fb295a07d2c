"""The signing keys and their rotation."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.routes.requests import answer, service_of


async def get(request: Request) -> Response:
    return answer(service_of(request).store.keys.get()._asdict())


async def rotate(request: Request) -> Response:
    """From here on deliveries are signed with what was the next key."""
    service = service_of(request)
    return answer(service.store.keys.rotate(service.ids.key())._asdict())


ROUTES = [
    Route("/v2/keys", get, methods=["GET"]),
    Route("/v2/keys/rotate", rotate, methods=["POST"]),
]
