"""What a route that takes an Idempotency-Key says of it in the OpenAPI document."""

from collections.abc import Mapping
from typing import Final

from functions.api.documented import Responses, told
from functions.api.idempotency import REPLAYED

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
    answers: Responses = {status: dict(one) for status, one in responses.items()}
    if not credential:
        answered = answers.setdefault(success, {})
        answered["headers"] = answered.get("headers", {}) | _REPLAYED
    said = {status: {**kinds, **(_NOT_KEPT if credential and status == 409 else {})} for status, kinds in _SAID.items()}
    answers = told(answers, said)
    answers[409]["headers"] = answers[409].get("headers", {}) | _RETRY_AFTER
    return answers
