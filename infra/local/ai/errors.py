"""What the server refuses, and how each provider puts it on the wire.

Bedrock   status, header `x-amzn-errortype: ValidationException`, {"message"}
OpenAI    status, {"error": {"message", "type", "code", "param"}}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Form = Callable[[int, str, str, Mapping[str, str]], Response]
"""Of a status, a code, a message and headers."""


@dataclass(slots=True)
class Refusal(Exception):
    """A refusal that becomes the answer, in its provider's form."""

    form: Form
    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LocalError(Exception):
    """A call under /local/ that can't be followed."""

    message: str


def bedrock_form(status: int, code: str, message: str, headers: Mapping[str, str]) -> Response:
    return JSONResponse({"message": message}, status, headers={"x-amzn-errortype": code, **headers})


def openai_form(status: int, code: str, message: str, headers: Mapping[str, str]) -> Response:
    kind = "invalid_request_error" if status < 500 else "server_error"
    told = {"message": message, "type": kind, "code": code, "param": None}
    return JSONResponse({"error": told}, status, headers=dict(headers))


def answer_refusal(_request: Request, error: Exception) -> Response:
    """Starlette's handler for `Refusal`."""
    if not isinstance(error, Refusal):
        raise error
    return error.form(error.status, error.code, error.message, error.headers)


def answer_wrong_order(_request: Request, error: Exception) -> Response:
    """Starlette's handler for `LocalError`."""
    return JSONResponse({"message": str(error)}, 422)


def answer_not_served(request: Request, _error: Exception) -> Response:
    """Starlette's handler for a path or method without a route."""
    return JSONResponse({"message": f"not served here: {request.method} {request.url.path}"}, 501)
