"""The last thing around the routes: no body over the limit comes in (case 35), no fault's text goes out."""

from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api.problems import Problem, respond, unavailable
from shared.database import reachable
from shared.errors import DependencyDown
from shared.events import MAX_BODY
from shared.work import where

TOO_LARGE = Problem(413, "too-large", f"The body is larger than {MAX_BODY} bytes.")
FAULT = Problem(500, None, "Something is wrong on our side.")


class Guard:
    """Every driver error of the store is translated here, once: the routes need not."""

    def __init__(self, app: ASGIApp, *, log: Any) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            body = await _read(scope, receive)
            if body is None:
                await respond(scope, TOO_LARGE)(scope, receive, send)
                return
            async with reachable():
                await self._app(scope, _replay(body, receive), answer)
        except DependencyDown as error:
            self._log.warning("unavailable", extra={"reason": error.message, "request_id": _id(scope)})
            await respond(scope, unavailable(error.retry_after))(scope, receive, send)
        except Exception as fault:
            said = {"fault": type(fault).__name__, "where": where(fault), "request_id": _id(scope)}
            self._log.error("the request raised", extra=said)  # its traceback would end with its text
            if begun:
                raise
            await respond(scope, FAULT)(scope, receive, send)


def _id(scope: Scope) -> str:
    return str(scope["state"]["request_id"])


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
