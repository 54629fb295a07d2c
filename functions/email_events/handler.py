"""What AWS calls with Resend's webhooks: believed (verifying.py), read (event.py), taken (recording.py).

It is no job: an event has no run of its own, publishes nothing, and may come any number of times.

    taken, taken before, of a mail we do not know, not followed      200
    not signed by Resend, just now                                   401     nothing of the body was read
    larger than MAX_BODY                                             413
    signed, and no webhook that we can read                          400     it comes again: after a deploy, perhaps
    the store is away                                                503     it comes again, for more than a day
    a fault of our own                                               500     likewise
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from functions.email_events import event as events
from functions.email_events.event import MailEvent
from functions.email_events.recording import Taken, take
from functions.email_events.verifying import Believed, Verifier
from shared import answers, deadline
from shared.answers import Answer, LambdaAnswer
from shared.config import MailEventSettings, load
from shared.errors import MalformedMessage, MillraceError, RetryableError, SignatureError
from shared.events import MAX_BODY, read_event
from shared.observability import tell_mail_event
from shared.process import Process
from shared.told import where

if TYPE_CHECKING:
    from shared.handler import LambdaContext

PATIENCE: Final = 12.0
"""Seconds for all of it: Resend waits 15 s, and what it does not hear is taken twice."""
ANSWERING: Final = 0.5
"""Seconds of Lambda's that are kept for the answer."""
OTHER: Final = "other"
"""How events are counted that are not followed."""


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, and what the log may say of how it came to be."""

    answer: Answer
    believed: Believed | None = None
    event: MailEvent | None = None
    taken: Taken | None = None
    reason: str | None = None

    @property
    def counted(self) -> str | None:
        """By which kind: a repeat was counted before, and what was not taken comes again."""
        if self.answer.status != 200 or self.answer.outcome == "repeated":
            return None
        return self.event.kind.value if self.event else OTHER


class EventHandler:
    """The Lambda handler. Nothing is built before the first event."""

    def __init__(
        self, *, process: Process | None = None, settings: Callable[[], MailEventSettings] | None = None
    ) -> None:
        self._process = process or Process("email_events")
        self._settings = settings or (lambda: load(MailEventSettings))

    def __call__(self, event: object, context: "LambdaContext") -> LambdaAnswer:
        process = self._process
        left = min(PATIENCE, context.get_remaining_time_in_millis() / 1000 - ANSWERING)
        with deadline.within(left, process.world.monotonic):
            received = process.run(self.receive(event))
        (process.log.error if received.answer.status == 500 else process.log.info)("mail event", extra=_said(received))
        if received.counted is not None:
            tell_mail_event(received.counted)
        return received.answer.for_lambda()

    async def receive(self, event: object) -> Received:
        """Everything between an event and its answer."""
        believed: Believed | None = None
        told: MailEvent | None = None
        try:
            # Where it was called is no part of what is signed.
            request = read_event(event, delivery_url=events.PATH)
            if len(request.body) > MAX_BODY:
                return Received(Answer(413, "too_large"))
            believed = self._verifier.verify(request.headers, request.body)
            told = events.read(request.body)
            if told is None:
                return Received(answers.done("ignored"), believed)
            process = self._process
            taken = await take(process.database, told, svix_id=believed.id, now=process.world.now())
        except Exception as error:  # noqa: BLE001 - AWS would print its text, which nobody has vetted, and no line of ours
            return _failed(error, believed, told)
        return Received(answers.done(taken.outcome.value), believed, told, taken)

    @cached_property
    def _verifier(self) -> Verifier:
        return Verifier.of(self._settings(), self._process.world.now)


def _failed(error: Exception, believed: Believed | None, told: MailEvent | None) -> Received:
    match error:
        case SignatureError():
            return Received(answers.unproven(), reason=error.reason)
        case MalformedMessage():
            return Received(Answer(400, "malformed"), believed, reason=error.message)
        case RetryableError():
            return Received(answers.later("unavailable", error.retry_after or 10), believed, told, reason=error.message)
        case MillraceError():
            return Received(answers.crashed(), believed, told, reason=error.message)
    return Received(answers.crashed(), believed, told, reason=f"{type(error).__name__} at {where(error)}")


def _said(received: Received) -> dict[str, Any]:
    """The fields of the one line: ids and words, no address, and nothing that a server said of one."""
    believed, event, taken = received.believed, received.event, received.taken
    fields = {
        "outcome": received.answer.outcome,
        "status": received.answer.status,
        "reason": received.reason,
        "svix_id": believed.id if believed else None,
        "key": believed.key if believed else None,
        "kind": event.kind.value if event else None,
        "resend_id": event.resend_id if event else None,
        "run": taken.run if taken else None,
        "suppresses": taken.suppresses or None if taken else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


handler = EventHandler()
