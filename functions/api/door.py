"""What every request passes first and every answer last: its id, one line in the log, and the security headers.

`X-Degraded` names the services that were away and done without (shared/degraded.py), as the line does with more words.

The line names the route's template, never the path, the query, a header or a body: nothing of it is the caller's, and
it is one JSON object, so nothing can be smuggled into the log (case 32).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import degraded
from shared.clock import World
from shared.degraded import Fallbacks

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
DEGRADED: Final = "X-Degraded"
HTTPS_ONLY: Final = {"strict-transport-security": "max-age=63072000"}


class Door:
    def __init__(self, app: ASGIApp, *, world: World, log: Any, https: bool, on_degraded: Callable[[], None]) -> None:
        self._app = app
        self._world = world
        self._log = log
        self._on_degraded = on_degraded
        self._headers: Mapping[str, str] = HEADERS | (HTTPS_ONLY if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = self._world.monotonic()
        state = scope.setdefault("state", {})
        state["request_id"] = _request_id(scope) or self._world.token()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers["x-request-id"] = state["request_id"]
                if fallbacks:
                    headers[DEGRADED] = ", ".join(sorted(fallbacks))
            await send(message)

        with degraded.watched() as fallbacks:
            try:
                await self._app(scope, receive, answer)
            finally:
                self._log.info("request", extra=_line(scope, status, self._world.monotonic() - started, fallbacks))
                if fallbacks:
                    self._on_degraded()


def _request_id(scope: Scope) -> str | None:
    """AWS's own id of the request; what a caller's header says is not asked."""
    context = scope.get("aws.event", {}).get("requestContext", {})
    return context.get("requestId") or None


def _line(scope: Scope, status: int, seconds: float, fallbacks: Fallbacks) -> dict[str, Any]:
    route = scope.get("route")
    state = scope["state"]
    return {
        "method": scope["method"] if scope["method"] in METHODS else "other",
        "route": getattr(route, "path", None) or "unmatched",
        "status": status,
        "duration": round(seconds * 1000),
        "principal": state.get("principal"),
        "request_id": state["request_id"],
        **({"degraded": {name: sorted(done) for name, done in sorted(fallbacks.items())}} if fallbacks else {}),
    }
