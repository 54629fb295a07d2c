"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again does nothing twice.

    async def work(session: Session) -> tuple[Run, str, str]:       # what was made, its reference, whose it is
        ...
    made = await once(services, keyed.by(principal.id), work)

    the key's first request                  as without a key
    again, with the same body                the same answer, with `Idempotency-Replayed: true`
    again, with another body                 422 idempotency-key-reused
    while the first is on its way            409 idempotency-in-flight, Retry-After
    malformed, too long, or two of them      400 idempotency-key-malformed

The record is written in the transaction that makes the thing, so a request that failed, or whose process died before
the commit, leaves the key free; one that died after it is answered from the record. Keys end after 24 hours. The same
key of another caller, or at another address, is another key. A repeat counts against the rate limits like any request.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import WithJsonSchema

from functions.api.problems import Problem
from functions.api.services import Services
from shared.database import Session, transaction
from shared.idempotency import Asked, Done, InFlight, Mismatch, MongoRequests, find, identify

T = TypeVar("T")

LONGEST: Final = 255
QUOTED: Final = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255}"'
"""A structured field's string (RFC 9651), which is what the draft asks for."""
BARE: Final = r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255}"
"""What most clients send; the same key as in quotes. Without `,` and `;`, which would be a list or parameters."""

_FORM: Final = re.compile(f"{QUOTED}|{BARE}")
_ESCAPED: Final = re.compile(r"\\(.)")

REPLAYED: Final = "Idempotency-Replayed"
PATIENCE: Final = 1.0
"""Seconds that a request waits for the one with its key; most are over by then, and the wait spares a round trip."""
LOOK_AGAIN: Final = 0.05

HeaderText = Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^(?:{QUOTED}|{BARE})$"})]


@dataclass(frozen=True, slots=True)
class Keyed:
    """What a request says of its key; None where it came without one."""

    key: str | None
    method: str
    path: str
    body: bytes

    def by(self, *caller: str) -> Asked | None:
        """As this caller's request; the parts are what tells callers apart."""
        if self.key is None:
            return None
        return identify(method=self.method, route=self.path, caller=caller, key=self.key, body=self.body)


async def _keyed(
    request: Request,
    idempotency_key: Annotated[
        HeaderText | None,
        Header(
            alias="Idempotency-Key",
            description="A name for this request, best a UUID, for whoever may have to send it again: with the same "
            "key and body it is done once and answered alike, for 24 hours.",
        ),
    ] = None,
) -> Keyed:
    sent = request.headers.getlist("idempotency-key")
    method, path = request.method, request.scope["path"]
    if idempotency_key is None:
        return Keyed(None, method, path, b"")
    if len(sent) != 1 or not _FORM.fullmatch(sent[0]):
        detail = f"The Idempotency-Key must be one string of 1 to {LONGEST} printable ASCII characters."
        raise Problem(400, "idempotency-key-malformed", detail)
    key = _ESCAPED.sub(r"\1", sent[0][1:-1]) if sent[0].startswith('"') else sent[0]
    return Keyed(key, method, path, await request.body())


WithKey = Annotated[Keyed, Depends(_keyed)]


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """The request was done now."""

    value: T


class _Taken(Exception):
    """Leaves the transaction of a request that is not ours to do."""


async def once(
    services: Services, asked: Asked | None, work: Callable[[Session], Awaitable[tuple[T, str, str]]]
) -> Made[T] | Done:
    """Do `work` in one transaction, or tell that it was done. It gives what it made, a reference to it, and its owner.

    What `work` raises ends the transaction, and nothing is kept. `work` may be called again.
    """
    ends = services.world.monotonic() + PATIENCE
    while asked is not None:
        match await find(services.database, asked):
            case Done() as done:
                return done
            case Mismatch():
                raise _reused()
        try:
            return await _attempt(services, asked, work)
        except _Taken:
            if services.world.monotonic() >= ends:
                raise _in_flight() from None
        await services.world.sleep(LOOK_AGAIN)
    value, _, _ = await transaction(services.database, work)
    return Made(value)


async def _attempt(
    services: Services, asked: Asked, work: Callable[[Session], Awaitable[tuple[T, str, str]]]
) -> Made[T]:
    holder = services.world.token()

    async def recorded(session: Session) -> Made[T]:
        requests = MongoRequests(services.database, session, holder)
        match await requests.begin(asked):
            case InFlight() | Done() | Mismatch():
                raise _Taken
            case new:
                value, reference, owner = await work(session)
                await requests.complete(new, reference, owner=owner)
                return Made(value)

    return await transaction(services.database, recorded)


def replayed(response: Response) -> None:
    """Mark the answer as one that was given before."""
    response.headers[REPLAYED] = "true"


def not_kept(made: str, detail: str) -> Problem:
    """Answers a repeat where the first answer held a credential, which is told once and kept nowhere."""
    return Problem(409, "answer-not-kept", detail, more={"made": made})


def _reused() -> Problem:
    detail = "The Idempotency-Key was used for a request with another body."
    return Problem(422, "idempotency-key-reused", detail)


def _in_flight() -> Problem:
    detail = "The request with this Idempotency-Key is being worked on."
    return Problem(409, "idempotency-in-flight", detail, {"Retry-After": "1"})
