"""URL groups, which the wire calls topics."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.qstash.clock import milliseconds
from infra.local.qstash.destination import checked_name, checked_url
from infra.local.qstash.errors import bad_request, not_found
from infra.local.qstash.routes.requests import answer, done, read_json, service_of
from infra.local.qstash.store.topics import Endpoint, Topic
from infra.local.qstash.views import Json


class EndpointBody(BaseModel):
    url: str | None = None
    name: str | None = None


class EndpointsBody(BaseModel):
    endpoints: list[EndpointBody]


async def add(request: Request) -> Response:
    """An endpoint is known by its name, else by its URL; one that is there already is replaced."""
    name, wanted = await _wanted(request)
    topic = service_of(request).store.topics.get(name)
    _save(request, name, _merged([*(topic.endpoints if topic else ()), *_checked(wanted)]))
    return done()


async def replace_all(request: Request) -> Response:
    name, wanted = await _wanted(request)
    _one(request)
    _save(request, name, _merged(_checked(wanted)))
    return done()


async def remove(request: Request) -> Response:
    """By name or URL. The last one takes the group with it."""
    name, wanted = await _wanted(request)
    gone = {value for body in wanted for value in (("name", body.name), ("url", body.url)) if value[1]}
    kept = [
        endpoint
        for endpoint in _one(request).endpoints
        if ("url", endpoint.url) not in gone and ("name", endpoint.name) not in gone
    ]
    _save(request, name, kept)
    return done()


async def list_groups(request: Request) -> Response:
    return answer([_view(topic) for topic in service_of(request).store.topics.all()])


async def get(request: Request) -> Response:
    return answer(_view(_one(request)))


async def delete(request: Request) -> Response:
    """Deleting what is not there is no error: SDKs do so before they begin."""
    service_of(request).store.topics.delete(request.path_params["name"])
    return done()


async def _wanted(request: Request) -> tuple[str, list[EndpointBody]]:
    body = await read_json(request, EndpointsBody)
    return checked_name("url group", request.path_params["name"]), body.endpoints


def _checked(bodies: list[EndpointBody]) -> list[Endpoint]:
    endpoints = []
    for body in bodies:
        if body.url is None:
            raise bad_request("invalid endpoint: a url is needed")
        endpoints.append(Endpoint(checked_url(body.url), body.name or None))
    return endpoints


def _merged(endpoints: list[Endpoint]) -> list[Endpoint]:
    """The latest word on each."""
    merged: list[Endpoint] = []
    for endpoint in endpoints:
        merged = [known for known in merged if not _same(known, endpoint)]
        merged.append(endpoint)
    return merged


def _same(known: Endpoint, endpoint: Endpoint) -> bool:
    return known.url == endpoint.url or (endpoint.name is not None and known.name == endpoint.name)


def _save(request: Request, name: str, endpoints: list[Endpoint]) -> None:
    service = service_of(request)
    service.store.topics.put(name, endpoints, milliseconds(service.clock.now()))


def _one(request: Request) -> Topic:
    name = request.path_params["name"]
    topic = service_of(request).store.topics.get(name)
    if topic is None:
        raise not_found("url group", name)
    return topic


def _view(topic: Topic) -> Json:
    endpoints = [{"url": e.url} | ({"name": e.name} if e.name else {}) for e in topic.endpoints]
    return {
        "name": topic.name,
        "createdAt": topic.created_at,
        "updatedAt": topic.updated_at,
        "endpoints": endpoints,
    }


ROUTES = [
    Route("/v2/topics", list_groups, methods=["GET"]),
    Route("/v2/topics/{name}/endpoints", add, methods=["POST"]),
    Route("/v2/topics/{name}/endpoints", remove, methods=["DELETE"]),
    Route("/v2/topics/{name}", get, methods=["GET"]),
    Route("/v2/topics/{name}", replace_all, methods=["PATCH"]),
    Route("/v2/topics/{name}", delete, methods=["DELETE"]),
]
