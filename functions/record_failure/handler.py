"""What AWS calls with QStash's failure callbacks: verified like any delivery, decided by reconcile.py.

It is no job: it has no run of its own, publishes nothing, and may be called any number of times for the same failure.

    decided                    200        the body is no callback     489
    the store is away          503        not signed by QStash        401
    the probe of `doctor`      200        it was verified, nothing else
    a fault of our own         500
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from functions.alerts import alerting
from functions.record_failure.callback import Callback, read_callback
from functions.record_failure.reconcile import reconcile
from functions.registry import contracts
from shared import answers, deadline
from shared.answers import Answer, LambdaAnswer
from shared.database import Database, reachable
from shared.delivery import crashed, refused, unavailable, verified
from shared.enqueue import Contracts
from shared.errors import MalformedMessage, RetryableError, SignatureError
from shared.handler import LambdaContext
from shared.process import Process
from shared.runs.finish import Alert
from shared.runtime import ANSWERING


@dataclass(frozen=True, slots=True)
class Received:
    """An answer, and what the log may say of how it came to be."""

    answer: Answer
    callback: Callback | None = None
    reason: str | None = None


class FailureHandler:
    """The Lambda handler. Nothing is built before the first event."""

    def __init__(
        self,
        *,
        process: Process | None = None,
        alert: Callable[[Database], Alert] = alerting,
        contracts: Callable[[], Contracts] = contracts,
    ) -> None:
        self._process = process or Process("record_failure")
        self._alert = alert
        self._contracts = contracts

    def __call__(self, event: object, context: LambdaContext) -> LambdaAnswer:
        left = context.get_remaining_time_in_millis() / 1000 - ANSWERING
        with deadline.within(left, self._process.world.monotonic):
            received = self._process.run(self.receive(event))
        self._process.log.info("failure callback", extra=_said(received))
        return received.answer.for_lambda()

    async def receive(self, event: object) -> Received:
        """Everything between an event and its answer."""
        process = self._process
        callback: Callback | None = None
        try:
            delivery = verified(event, process.verifier, stage=process.stage.stage, delivery_url=process.delivery_url)
            if delivery.is_probe:
                return Received(answers.verified())
            callback = read_callback(delivery.body)
            database = process.database
            async with reachable():
                outcome = await reconcile(database, callback, self._contracts(), alert=self._alert(database))
        except SignatureError as error:
            handled = refused(error)
            return Received(handled.answer, reason=handled.reason)
        except MalformedMessage as error:
            return Received(answers.never("malformed"), reason=error.message)
        except RetryableError as error:
            return Received(unavailable(error, None).answer, callback, error.message)
        except Exception as fault:  # noqa: BLE001 - AWS would print its text, which nobody has vetted, and no line of ours
            handled = crashed(fault, None)
            return Received(handled.answer, callback, handled.reason)
        return Received(answers.done(outcome.value), callback)


def _said(received: Received) -> dict[str, Any]:
    """The fields of the one line: ids and words, nothing that the destination answered."""
    callback = received.callback or Callback(None, None, None, None, None)
    message = callback.message
    fields = {
        "outcome": received.answer.outcome,
        "status": received.answer.status,
        "reason": received.reason,
        "message_id": callback.message_id,
        "dlq_id": callback.dlq_id,
        "last_status": callback.status,
        "retried": callback.retried,
        "run": message.run if message else None,
        "job": message.job if message else None,
        "leg": message.leg if message else None,
        "epoch": message.epoch if message else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


handler = FailureHandler()
