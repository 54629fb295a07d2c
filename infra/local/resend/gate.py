"""What every call of Resend's own API passes first: the key, then the rate limit."""

import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.resend.errors import ApiError
from infra.local.resend.ratelimit import RateLimit


@dataclass(frozen=True, slots=True)
class Gate:
    """Middleware of one route. `api_key` None lets any non-empty key in."""

    app: ASGIApp
    limit: RateLimit
    api_key: str | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        check_key(Headers(scope=scope).get("authorization", ""), self.api_key)
        limits = self.limit.take()

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in limits.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_limits)


def check_key(authorization: str, expected: str | None) -> None:
    """Raises 401 without a bearer key, 403 with another one than `expected`."""
    scheme, _, key = authorization.partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ApiError(401, "missing_api_key", "Missing API key in the authorization header.")
    if expected is not None and not hmac.compare_digest(key.strip().encode(), expected.encode()):
        raise ApiError(403, "invalid_api_key", "API key is invalid.")
