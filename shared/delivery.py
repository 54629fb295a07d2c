"""One delivery, from QStash to its answer.

event -> verify -> parse -> claim -> run -> settle -> answer

verify fails                             401    nothing of the body was read
the probe of `doctor`                    200    verified, and nothing else: no claim, no record
too large, no message, no payload        489    recorded
claim: taken, mine                              the work runs, and its outcome is settled
       busy                              409    Retry-After: the lease's rest       (a cron: 200)
       done                              200    489 if it had failed
       superseded                        200
       cancelled, expired, exhausted            finished here, properly: see shared/ends.py
       early, ahead, unknown             503
       newer                             503    Retry-After: the contract's own waits; no try is counted
       foreign                           489
the store is away, or no time is left    503
a fault outside of the job                500
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from shared import answers
from shared.answers import Answer
from shared.contract import Contract
from shared.database import Database, reachable
from shared.deliveries import first_use, reject
from shared.errors import MalformedMessage, MillraceError, RetryableError, SignatureError
from shared.events import MAX_BODY, Request, read_event
from shared.message import PROBE, Message, PlainPayload, decode
from shared.refusals import Refusal
from shared.runs.model import Run, State
from shared.runs.record import NewRun
from shared.signature import Claims, Verifier
from shared.told import where

MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_.:=-]{1,150}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that is proven to be QStash's. The message id is not signed: it names, it never decides."""

    body: bytes
    url: str
    jti: str
    message_id: str
    retried: int

    @property
    def is_probe(self) -> bool:
        return self.body == PROBE


@dataclass(frozen=True, slots=True)
class Target:
    """The run that a delivery is for; `leg` and `epoch` are None where the delivery does not say (a cron)."""

    run_id: str
    leg: int | None
    epoch: int | None
    new: NewRun | None = None
    """The record to be made by the claim, for a run that nobody has enqueued."""


@dataclass(frozen=True, slots=True)
class Handled:
    """An answer, and what the log may say of how it came to be."""

    answer: Answer
    delivery: Delivery | None = None
    run: Run | None = None
    reason: str | None = None
    queue_lag: int | None = None
    """Milliseconds from when the run was due to its claim; None where no work began."""
    meant: Target | None = None
    """What the delivery asked for, where there is no run to tell it."""


def verified(event: object, verifier: Verifier, *, stage: str, delivery_url: str) -> Delivery:
    """The delivery in an event. Raises SignatureError; nothing of the body is parsed before."""
    request: Request = read_event(event, scheme="http" if stage == "local" else "https", delivery_url=delivery_url)
    claims: Claims = verifier.verify(request.headers.get("upstash-signature"), request.body, request.url)
    message_id = request.headers.get("upstash-message-id", "")
    retried = request.headers.get("upstash-retried", "0")
    return Delivery(
        body=request.body,
        url=request.url,
        jti=claims.jti,
        message_id=message_id if MESSAGE_ID.fullmatch(message_id) else "",
        retried=int(retried) if retried.isascii() and retried.isdigit() and len(retried) < 6 else 0,
    )


def target(delivery: Delivery, contract: Contract[Any]) -> Target:
    """Which run is meant. Raises MalformedMessage for a body that this job does not take, RetryableError for a newer.

    A body without a run id does not say its version: it may be of a schedule that was made before this deploy.
    """
    if len(delivery.body) > MAX_BODY:
        raise MalformedMessage(f"larger than {MAX_BODY} bytes")
    message = PlainPayload(delivery.body) if contract.singleton and not delivery.body else decode(delivery.body)
    if isinstance(message, Message):
        return Target(message.run, message.leg, message.epoch)
    if contract.singleton:
        return Target(f"cron:{contract.name}", None, None, _unasked(contract, f"cron:{contract.name}", "{}"))
    if not contract.accepts_plain:
        raise MalformedMessage("it names no run")
    if not delivery.message_id:
        raise MalformedMessage("a payload without a message id has no name to be known by")
    run_id = f"{contract.name}:{delivery.message_id}"
    return Target(run_id, 0, 0, _unasked(contract, run_id, message.data.decode()))


def _unasked(contract: Contract[Any], run_id: str, payload: str) -> NewRun:
    return NewRun(
        id=run_id,
        job=contract.name,
        version=contract.version_of(payload),
        owner="system",
        payload=payload,
        max_age=int(contract.max_age.total_seconds() * 1000),
        state=State.QUEUED,
        raises_alert=contract.raises_alert,
    )


async def admitted(delivery: Delivery, contract: Contract[Any], database: Database) -> Target | Handled:
    """The run that the delivery may work on, or the answer to one that may not, or need not."""
    if delivery.is_probe:
        return Handled(answers.verified(), delivery)
    try:
        meant = target(delivery, contract)
    except MalformedMessage as error:
        async with reachable():
            await reject(
                database,
                jti=delivery.jti,
                job=contract.name,
                message_id=delivery.message_id,
                reason=error.message,
            )
        return Handled(answers.never("malformed"), delivery, reason=error.message)
    if meant.new is not None and not contract.singleton:
        async with reachable():
            if not await first_use(database, delivery.jti):
                return Handled(answers.unproven(), delivery, reason=Refusal.REPLAYED)
    return meant


def refused(error: SignatureError) -> Handled:
    detail = "".join(f" ({name}: {value})" for name, value in error.data.items())
    return Handled(answers.unproven(), reason=f"{error.reason}{detail}")


def unavailable(error: RetryableError, delivery: Delivery | None) -> Handled:
    return Handled(answers.later("unavailable", error.retry_after or 10), delivery, reason=error.message)


def crashed(fault: Exception, delivery: Delivery | None) -> Handled:
    """What nobody foresaw, or a deployment that is wrong: its kind and its place, for a text could quote anything."""
    reason = fault.message if isinstance(fault, MillraceError) else f"{type(fault).__name__} at {where(fault)}"
    return Handled(answers.crashed(), delivery, reason=reason)
