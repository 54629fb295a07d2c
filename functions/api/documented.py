"""The OpenAPI document: what each route may answer, with problem documents in the place of the framework's errors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from functions.api.problems import MEDIA_TYPE, TYPES, ProblemBody

Responses = dict[int | str, dict[str, Any]]

DESCRIPTION: Final = """\
Starts background work and shows how it went.

Every error is a problem document (RFC 9457). Whatever begins work answers 202 at once: the work is safe with us then,
and `GET /v1/jobs/{id}` tells what becomes of it.

`X-Request-Id` stands on every answer, and in our log: name it when asking about one.
"""

TAGS: Final = [
    {"name": "sign-in", "description": "Magic links and sessions."},
    {"name": "jobs", "description": "Work that was asked for: start it, watch it, cancel it."},
    {"name": "operations", "description": "Acts of operators on many jobs, and the log of what people have done."},
    {"name": "documents", "description": "Files: uploaded by signed URL, kept as documents, downloaded again."},
    {"name": "users", "description": "People who have signed in, and how they leave."},
    {"name": "keys", "description": "API keys for servers and operators."},
    {"name": "mail", "description": "Addresses that mail is not sent to any more."},
    {"name": "service", "description": "The service itself."},
]

_SAID: Final[Mapping[int, tuple[str | None, str]]] = {
    400: ("malformed", "The body is not JSON, or the cursor is not one of this list."),
    401: ("unauthenticated", "A live session or API key is needed, as Bearer."),
    403: ("scope", "The caller may not do this."),
    404: (None, "There is nothing at this address, or nothing that the caller may see."),
    409: ("already-finished", "The state of the thing does not allow this."),
    410: ("upload-gone", "The upload has expired, or its document was deleted."),
    412: ("other-version", "The document has another version; `ETag` tells which."),
    413: ("too-large", "The body is larger than 262144 bytes."),
    415: ("type-not-taken", "Files of this type are not taken."),
    422: ("invalid", "Fields of the request are not as they must be."),
    428: ("version-needed", "If-Match must name the version that is changed."),
    429: ("too-often", "This was asked for too often. Try again later."),
    503: ("unavailable", "A service that this needs does not answer. Try again later."),
}

_MORE: Final[Mapping[str, Mapping[str, Any]]] = {
    "invalid": {"errors": [{"in": "body", "pointer": "#/email", "detail": "must be a mail address"}]},
    "answer-not-kept": {"made": "4w8sUe0yKcPzT0F1zQ0X2g"},
}
"""Members of some problems besides those that all have."""

_SCHEMA: Final = {"$ref": "#/components/schemas/Problem"}
RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_AUTHENTICATE: Final = {
    "WWW-Authenticate": {"description": "What is wanting, as RFC 6750 says it.", "schema": {"type": "string"}}
}
VERSION: Final = {"ETag": {"description": "The document's version.", "schema": {"type": "string"}}}
_HEADERS: Final = {
    401: _AUTHENTICATE,
    403: _AUTHENTICATE,
    412: VERSION,
    429: RETRY_AFTER,
    503: RETRY_AFTER,
}

DEGRADED: Final = {
    "X-Degraded": {
        "description": "The services that were away and done without, by name: `qstash` hands work over later, `redis` "
        "leaves limits to be counted by each process for itself, `storage` or `postgres` leaves a search to what is "
        "still at hand.",
        "schema": {"type": "string"},
        "example": "qstash, redis",
    },
}
LIMITED: Final = {
    **DEGRADED,
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
"""Given before anything is counted, save where a route says otherwise. So is the 400 to a body that is not JSON,
but not every one."""


def problems(*statuses: int) -> Responses:
    """What `responses=` of a route takes; a body over the limit and a service away can happen to every one."""
    return {status: _documented(status) for status in sorted({*statuses, 413, 503})}


def told(responses: Responses, said: Mapping[int, Mapping[str, str]]) -> Responses:
    """The responses, and what else their statuses may mean: by status the kinds of problems, each with its words."""
    every: Responses = {status: dict(one) for status, one in responses.items()}
    for status, kinds in said.items():
        problem = every.setdefault(status, {})
        words = [*([problem["description"]] if "description" in problem else []), *kinds.values()]
        problem["description"] = "\n\n".join(words)
        media = problem.get("content", {}).get(MEDIA_TYPE, {})
        problem["content"] = {MEDIA_TYPE: _with_examples(media, status, kinds)}
    return every


def _with_examples(media: Mapping[str, Any], status: int, kinds: Mapping[str, str]) -> dict[str, Any]:
    rest = {name: value for name, value in media.items() if name not in {"example", "examples"}}
    known = dict(media.get("examples", {}))
    if "example" in media:
        known[str(media["example"]["type"]).rpartition(":")[2]] = {"value": media["example"]}
    return {
        **rest,
        "schema": _SCHEMA,
        "examples": known | {kind: {"value": _example(kind, status, detail)} for kind, detail in kinds.items()},
    }


def _example(kind: str | None, status: int, detail: str) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": f"{TYPES}{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": "JKJaXmPLvHcESHA=",
    }
    return {**example, **_MORE.get(kind or "", {})}


def _documented(status: int) -> dict[str, Any]:
    kind, detail = _SAID[status]
    return {
        "description": detail,
        "content": {MEDIA_TYPE: {"schema": _SCHEMA, "example": _example(kind, status, detail)}},
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

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of extending it


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
                response["headers"] = {**response.get("headers", {}), **LIMITED}
