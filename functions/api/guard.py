"""The last thing around the routes: no body over the limit comes in (case 35), no fault's text goes out.

A request has LONGEST seconds, or what the Lambda has left: every call of a service ends by then (shared/deadline.py),
and a route that waits for something else is cut off. Its caller gets a problem document, never the gateway's time-out.
"""

import asyncio
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import Problem, respond, unavailable
from shared import deadline
from shared.clock import World
from shared.database import reachable
from shared.errors import RetryableError
from shared.events import MAX_BODY
from shared.told import where

TOO_LARGE = Problem(413, "too-large", f"The body is larger than {MAX_BODY} bytes.")
FAULT = Problem(500, None, "Something is wrong on our side.")

LONGEST: Final = 10.0
ANSWERING: Final = 1.0
"""Seconds that are kept of the Lambda's own."""
OVERTIME: Final = 0.5
"""Seconds by which a call may miss the deadline before the route is cut off, which tells less of why."""


class Guard:
    """Every driver error of the store is translated here, for routes that do not (limits.py must see it sooner)."""

    def __init__(self, app: ASGIApp, *, world: World, log: Any, longest: float | None = None) -> None:
        self._app = app
        self._world = world
        self._log = log
        self._longest = longest or LONGEST

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        body = await _read(scope, receive)
        if body is None:
            await respond(scope, TOO_LARGE)(scope, receive, send)
            return
        seconds = min(self._longest, _remaining(scope) - ANSWERING)
        limit = asyncio.timeout(max(0.0, seconds) + OVERTIME)
        try:
            with deadline.within(seconds, self._world.monotonic):
                async with limit, reachable():
                    await self._app(scope, _replay(body, receive), answer)
            return
        except RetryableError as error:
            said, problem = {"reason": error.message}, unavailable(error.retry_after)
        except Exception as fault:  # noqa: BLE001 - answered and logged, without its text, which nobody has vetted
            if limit.expired():
                said, problem = {"reason": f"cut off after {seconds:.3g} s"}, unavailable(None)
            else:
                said, problem = {"fault": type(fault).__name__, "where": where(fault)}, FAULT
        # Outside of the handler: a traceback that a logger might write there holds the fault's text.
        self._log.error("the request was not served", extra={**said, "request_id": scope["state"]["request_id"]})
        if not begun:
            await respond(scope, problem)(scope, receive, send)


def _remaining(scope: Scope) -> float:
    """Seconds that AWS leaves this invocation; outside of a Lambda nothing ends it."""
    context = scope.get("aws.context")
    return context.get_remaining_time_in_millis() / 1000 if context is not None else float("inf")


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body (Lambda has it whole already), or None when it is too large."""
    said = Headers(scope=scope).get("content-length", "")
    if said.isascii() and said.isdigit() and (len(said) > 12 or int(said) > MAX_BODY):
        return None
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
