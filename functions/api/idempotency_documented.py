"""What a route that takes an Idempotency-Key says of it in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

from functions.api.idempotency import REPLAYED
from functions.api.problems import MEDIA_TYPE, TYPES

Responses = dict[int | str, dict[str, Any]]

_REPLAYED: Final = {
    REPLAYED: {
        "description": "`true` where the answer is that of an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
    }
}
_RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Seconds to wait (`idempotency-in-flight`).",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_SAID: Final[Mapping[int, Mapping[str, str]]] = {
    400: {"idempotency-key-malformed": "The Idempotency-Key is no string of 1 to 255 printable ASCII characters."},
    409: {"idempotency-in-flight": "The request with this Idempotency-Key is being worked on."},
    422: {"idempotency-key-reused": "The Idempotency-Key was used for a request with another body."},
}
_NOT_KEPT: Final = {"answer-not-kept": "This was done; its answer held a credential, which is told once and not kept."}


def idempotent(success: int, responses: Responses, *, credential: bool = False) -> Responses:
    """The route's responses, and what the key adds to them. A `credential` is never told again."""
    told: Responses = {status: dict(one) for status, one in responses.items()}
    if not credential:
        answered = told.setdefault(success, {})
        answered["headers"] = answered.get("headers", {}) | _REPLAYED
    for status, said in _SAID.items():
        kinds = {**said, **(_NOT_KEPT if credential and status == 409 else {})}
        problem = told.setdefault(status, {})
        words = [*([problem["description"]] if "description" in problem else []), *kinds.values()]
        problem["description"] = "\n\n".join(words)
        problem["content"] = {MEDIA_TYPE: _with_examples(problem.get("content", {}).get(MEDIA_TYPE, {}), status, kinds)}
    told[409]["headers"] = told[409].get("headers", {}) | _RETRY_AFTER
    return told


def _with_examples(media: Mapping[str, Any], status: int, kinds: Mapping[str, str]) -> dict[str, Any]:
    rest = {name: value for name, value in media.items() if name not in {"example", "examples"}}
    known = dict(media.get("examples", {}))
    if "example" in media:
        known[str(media["example"]["type"]).rpartition(":")[2]] = {"value": media["example"]}
    return {
        "schema": {"$ref": "#/components/schemas/Problem"},
        **rest,
        "examples": known | {kind: {"value": _example(status, kind, detail)} for kind, detail in kinds.items()},
    }


def _example(status: int, kind: str, detail: str) -> dict[str, Any]:
    titles = {400: "Bad Request", 409: "Conflict", 422: "Unprocessable Entity"}
    example: dict[str, Any] = {
        "type": f"{TYPES}{kind}",
        "title": titles[status],
        "status": status,
        "detail": detail,
        "request_id": "JKJaXmPLvHcESHA=",
    }
    return example | ({"made": "4w8sUe0yKcPzT0F1zQ0X2g"} if kind == "answer-not-kept" else {})
