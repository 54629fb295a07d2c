"""Resend's errors, as it puts them on the wire: `{statusCode, name, message}`.

400 validation_error, invalid_idempotency_key       403 invalid_api_key, invalid_from_address
401 missing_api_key                                 404 not_found
409 invalid_idempotent_request, concurrent_idempotent_requests
422 missing_required_field, invalid_parameter, invalid_attachment, validation_error
429 rate_limit_exceeded                             501 not_implemented (ours: not served here)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


@dataclass(slots=True)
class ApiError(Exception):
    """A refusal that becomes the answer."""

    status: int
    name: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


def validation(message: str, *, status: int = 422) -> ApiError:
    return ApiError(status, "validation_error", message)


def missing(name: str) -> ApiError:
    return ApiError(422, "missing_required_field", f"Missing `{name}` field.")


def not_served(what: str) -> ApiError:
    return ApiError(501, "not_implemented", f"not served here: {what}")


def answer_error(_request: Request, error: Exception) -> Response:
    """Starlette's handler for `ApiError`."""
    if not isinstance(error, ApiError):
        raise error
    body = {"statusCode": error.status, "name": error.name, "message": error.message}
    return JSONResponse(body, error.status, headers=dict(error.headers))


def answer_not_served(request: Request, _error: Exception) -> Response:
    """Starlette's handler for a path or method without a route."""
    return answer_error(request, not_served(f"{request.method} {request.url.path}"))
