"""The OpenAPI document: what each route may answer, with problem documents in the place of the framework's errors."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from functions.api.problems import MEDIA_TYPE, TYPES, ProblemBody

DESCRIPTION: Final = """\
Starts background work and shows how it went.

Every error is a problem document (RFC 9457). Whatever begins work answers 202 at once: the work is safe with us then,
and `GET /v1/jobs/{id}` tells what becomes of it.

`X-Request-Id` stands on every answer, and in our log: name it when asking about one.
"""

TAGS: Final = [
    {"name": "sign-in", "description": "Magic links and sessions."},
    {"name": "jobs", "description": "Work that was asked for: start it, watch it, cancel it."},
    {"name": "keys", "description": "API keys for servers and operators."},
    {"name": "service", "description": "The service itself."},
]

_SAID: Final[Mapping[int, tuple[str | None, str, str]]] = {
    400: ("malformed", "Bad Request", "The body is not JSON, or the cursor is not one of this list."),
    401: ("unauthenticated", "Unauthorized", "A live session or API key is needed, as Bearer."),
    403: ("scope", "Forbidden", "The caller may not do this."),
    404: (None, "Not Found", "There is nothing at this address, or nothing that the caller may see."),
    409: ("already-finished", "Conflict", "The state of the thing does not allow this."),
    413: ("too-large", "Request Entity Too Large", "The body is larger than 262144 bytes."),
    422: ("invalid", "Unprocessable Entity", "Fields of the request are not as they must be."),
    429: ("too-often", "Too Many Requests", "This was asked for too often. Try again later."),
    503: ("unavailable", "Service Unavailable", "A service that this needs does not answer. Try again later."),
}

_RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_AUTHENTICATE: Final = {
    "WWW-Authenticate": {"description": "What is wanting, as RFC 6750 says it.", "schema": {"type": "string"}}
}
_HEADERS: Final = {401: _AUTHENTICATE, 403: _AUTHENTICATE, 429: _RETRY_AFTER, 503: _RETRY_AFTER}

_LIMITED: Final = {
    "X-Degraded": {
        "description": "The services that were away and done without, by name: `qstash` hands work over later, `redis` "
        "leaves limits to be counted by each process for itself.",
        "schema": {"type": "string"},
        "example": "qstash, redis",
    },
    "RateLimit-Policy": {
        "description": "Which limits stand here: `q` requests in `w` seconds each "
        "(draft-ietf-httpapi-ratelimit-headers-10).",
        "schema": {"type": "string"},
        "example": '"sign-in-client";q=30;w=600, "sign-in-address";q=5;w=900',
    },
    "RateLimit": {
        "description": "How many requests are left of a limit (`r`), and in how many seconds there are more (`t`). "
        "Not every limit tells.",
        "schema": {"type": "string"},
        "example": '"sign-in-client";r=29;t=412',
    },
}
_UNCOUNTED: Final = frozenset({"413"})
"""Given before anything is counted. So is the 400 to a body that is not JSON, but not every one."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What `responses=` of a route takes; a body over the limit and a service away can happen to every one."""
    return {status: _documented(status) for status in sorted({*statuses, 413, 503})}


def _documented(status: int) -> dict[str, Any]:
    kind, title, detail = _SAID[status]
    example: dict[str, Any] = {
        "type": f"{TYPES}{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": "JKJaXmPLvHcESHA=",
    }
    if status == 422:
        example["errors"] = [{"in": "body", "pointer": "#/email", "detail": "must be a mail address"}]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": detail,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
        **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
    }


def install(app: FastAPI, *, server: str) -> None:
    """Replace the app's document by one that tells its errors as they are."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title="Millrace",
                version="1",
                description=DESCRIPTION,
                routes=app.routes,
                tags=TAGS,
                servers=[{"url": server}],
            )
            app.openapi_schema = _with_problems(document)
        return app.openapi_schema

    # FastAPI's own way of extending the document.
    app.openapi = openapi  # type: ignore[method-assign]


def _with_problems(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemBody.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for path in document["paths"].values():
        for operation in path.values():
            _tell_limits(operation["responses"])
    for of_framework in ("HTTPValidationError", "ValidationError"):
        schemas.pop(of_framework, None)
    return document


def _tell_limits(responses: dict[str, Any]) -> None:
    """Whatever may answer 429 says how it is limited in its other answers as well, and what it did without."""
    if "429" in responses:
        for status, response in responses.items():
            if status not in _UNCOUNTED:
                response["headers"] = {**response.get("headers", {}), **_LIMITED}
