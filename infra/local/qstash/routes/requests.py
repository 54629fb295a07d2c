"""What every route needs of a request: the service, the raw destination, the body within its limit."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.qstash.errors import QStashError, bad_request
from infra.local.qstash.options import Given
from infra.local.qstash.service import Service
from infra.local.qstash.store.filters import number

Body = TypeVar("Body", bound=BaseModel)
Sized = TypeVar("Sized", bytes, bytearray)


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def read_body(request: Request, limit: int) -> bytes:
    """413 as soon as it is too long, without reading the rest."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        checked_size(body, limit)
    return bytes(body)


def checked_size(body: Sized, limit: int) -> Sized:
    if len(body) > limit:
        raise QStashError(413, f"message is too large: this plan allows {limit} bytes")
    return body


async def read_json(request: Request, model: type[Body]) -> Body:
    """400 where the body is not what `model` describes; an empty body is an empty object."""
    raw = await read_body(request, service_of(request).settings.plan.max_batch)
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad_request(f"invalid body: {where} {first['msg']}".strip()) from error


def given_of(request: Request) -> Given:
    """The headers and the `upstash-*` query parameters, which count as headers where there is no such header."""
    query = [(name, value) for name, value in request.query_params.multi_items() if _is_option(name)]
    headers = request.headers.items()
    named = {name.lower() for name, _ in headers}
    return Given([*headers, *((name, value) for name, value in query if name.lower() not in named)])


def destination_after(request: Request, prefix: str) -> str:
    """The raw rest of the path with its query, byte for byte, less what was meant for QStash itself."""
    raw: bytes = request.scope["raw_path"]
    rest = raw.decode("latin-1").removeprefix(prefix)
    if rest.lower().startswith(("http%3a", "https%3a")):
        rest = unquote(rest)
    query: bytes = request.scope["query_string"]
    parts = [part for part in query.decode("latin-1").split("&") if part and not _is_ours(part)]
    return f"{rest}?{'&'.join(parts)}" if parts else rest


def query_lists(request: Request) -> Mapping[str, Sequence[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}


def paging(request: Request, most: int) -> tuple[int, int | None]:
    """How many, and where the last page ended."""
    cursor = request.query_params.get("cursor")
    count = number("count", request.query_params.get("count") or str(most))
    return max(1, min(most, count)), number("cursor", cursor) if cursor else None


def caller_ip(request: Request) -> str:
    return request.client.host if request.client else ""


def answer(content: Any, status: int = 200) -> Response:
    return JSONResponse(content, status)


def done(status: int = 200) -> Response:
    """Nothing more to say."""
    return Response(status_code=status)


def _is_option(name: str) -> bool:
    return name.lower().startswith("upstash-")


def _is_ours(part: str) -> bool:
    name = unquote(part.partition("=")[0])
    return name == "qstash_token" or _is_option(name)
