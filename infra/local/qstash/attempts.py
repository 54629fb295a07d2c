"""One attempt from end to end: claimed, carried, and settled by what the destination answered.

    2xx                    delivered
    489 and its header     failed, into the dead letters at once
    anything else          retried while there are retries left, then failed

The callback tells of each attempt, the failure callback of the last; both are written with the outcome, in
one transaction, so that neither can be lost nor invented.
"""

from infra.local.qstash.callbacks import callback_message
from infra.local.qstash.clock import Clock, Scale, milliseconds
from infra.local.qstash.delivery import Carrier
from infra.local.qstash.dispatcher import Done
from infra.local.qstash.ids import Ids
from infra.local.qstash.model import Answer, Attempt, Callback, Entry, EventState, State
from infra.local.qstash.publishing import Publisher
from infra.local.qstash.retry import is_final_refusal, next_delay
from infra.local.qstash.store.opened import Store

_LOGGED_ANSWER = 64 * 1024


class Attempts:
    def __init__(
        self, *, store: Store, clock: Clock, scale: Scale, ids: Ids, carrier: Carrier, publisher: Publisher
    ) -> None:
        self._store = store
        self._clock = clock
        self._scale = scale
        self._ids = ids
        self._carrier = carrier
        self._publisher = publisher

    async def make(self, message_id: str) -> Done:
        with self._store.database.transaction():
            attempt = self._store.messages.claim(message_id)
            if attempt is None:
                return Done()
            if self._store.messages.cancel_requested(message_id):
                # It was on its way when it was cancelled, and the process died before the answer came.
                self._cancel(attempt)
                return Done()
            self._note(attempt, EventState.ACTIVE)
        answer = await self._carrier.send(attempt)
        with self._store.database.transaction():
            return self._settle(attempt, answer)

    def _settle(self, attempt: Attempt, answer: Answer) -> Done:
        options = attempt.message.options
        told = self._tell(options.callback, attempt, answer)
        if answer.ok:
            self._finish(attempt, State.DELIVERED)
            self._note(attempt, EventState.DELIVERED, **_logged(answer))
            return Done(told)
        self._note(attempt, EventState.ERROR, **_logged(answer))
        if self._store.messages.cancel_requested(attempt.message.id):
            self._cancel(attempt)
            return Done(told)
        if is_final_refusal(answer) or attempt.retried >= options.retries:
            return Done(told + self._fail(attempt, answer))
        return Done((*told, self._retry(attempt, answer)), final=False)

    def _retry(self, attempt: Attempt, answer: Answer) -> Entry:
        now = self._clock.now()
        due_at = now + next_delay(
            answer,
            expression=attempt.message.options.retry_delay,
            retried=attempt.retried,
            now=now,
            scale=self._scale,
        )
        self._note(attempt, EventState.RETRY, nextDeliveryTime=milliseconds(due_at))
        return self._store.messages.retry(attempt.message.id, due_at)

    def _fail(self, attempt: Attempt, answer: Answer) -> tuple[Entry, ...]:
        self._finish(attempt, State.FAILED)
        now = milliseconds(self._clock.now())
        dlq_id = self._store.dlq.add(attempt.message, attempt.body, answer, now)
        self._note(attempt, EventState.FAILED, dlqId=dlq_id, **_logged(answer))
        return self._tell(attempt.message.options.failure_callback, attempt, answer, dlq_id)

    def _tell(
        self, callback: Callback | None, attempt: Attempt, answer: Answer, dlq_id: str | None = None
    ) -> tuple[Entry, ...]:
        if callback is None:
            return ()
        now = self._clock.now()
        message, body = callback_message(
            callback, attempt, answer, message_id=self._ids.message(), now=now, dlq_id=dlq_id
        )
        if callback.options.flow is not None:
            self._store.flows.learn(callback.options.flow)
        due_at = now + self._scale.wait(callback.options.delay or 0.0)
        return (self._publisher.insert(message, body, due_at),)

    def _cancel(self, attempt: Attempt) -> None:
        self._finish(attempt, State.CANCELED)
        self._note(attempt, EventState.CANCELED)

    def _finish(self, attempt: Attempt, state: State) -> None:
        self._store.messages.finish(attempt.message.id, state, self._clock.now())

    def _note(self, attempt: Attempt, state: EventState, **details: object) -> None:
        self._store.events.add(attempt.message, state, milliseconds(self._clock.now()), **details)


def _logged(answer: Answer) -> dict[str, object]:
    """What the log keeps of an answer."""
    details: dict[str, object] = {"responseStatus": answer.status, "responseHeader": answer.headers}
    if answer.body:
        details["responseBody"] = answer.body[:_LOGGED_ANSWER].decode(errors="replace")
    if not answer.ok:
        details["error"] = answer.error or f"the destination answered {answer.status}"
    return details
