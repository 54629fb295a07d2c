"""A job with one keyed effect, the store it runs on, and everyone who can come at it: the setting of the case tests.

story = Story(database)
run = await story.accept()
await story.deliver(run)            # QStash
await story.overdue(run)            # time
await story.relay()                 # the relay's turn
await story.give_up(run)            # QStash's failure callback
"""

import json
import logging
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from functions.record_failure.handler import FailureHandler
from shared.context import JobContext
from shared.contract import Backoff, Contract, Payload
from shared.database import Database
from shared.delivery import Handled
from shared.message import Message
from shared.publishing import Fate
from shared.relay import Relay
from shared.runs.model import Run
from tests.support.desk import Desk, signed_event
from tests.support.processes import process_on
from tests.support.qstash_in_memory import QStashInMemory


class Note(Payload):
    text: str = "hello"


NOTE = Contract(
    name="note", payload=Note, timeout=60, deadline=40, tries=3, backoff=Backoff(0, 1, 0), max_age=timedelta(hours=1)
)


class Crash(BaseException):
    """The Lambda is gone: nothing after it happens, nothing is settled."""


@dataclass
class Receiver:
    """Who has the effect: called any number of times, it applies a key once."""

    calls: list[str] = field(default_factory=list)
    applied: Counter[str] = field(default_factory=Counter)

    def apply(self, key: str) -> None:
        self.calls.append(key)
        if not self.applied[key]:
            self.applied[key] += 1


Behaviour = Callable[[Note, JobContext[None]], Awaitable[Any]]


class Story:
    """`behave` is what the job does now; without one it applies its effect and succeeds."""

    def __init__(self, database: Database, contract: Contract[Any] = NOTE, **options: Any) -> None:
        self.database = database
        self.contract = contract
        self.receiver = Receiver()
        self.qstash = QStashInMemory()
        self.behave: Behaviour = self.succeed
        self.desk = Desk(database, contract, self._work, **options)
        self.desk.enqueuer = replace(self.desk.enqueuer, publisher=self.qstash)
        self.callbacks = FailureHandler(
            process=process_on(database), alert=lambda _: self.desk._alert, contracts=lambda: {contract.name: contract}
        )

    async def _work(self, payload: Note, context: JobContext[None]) -> Any:
        return await self.behave(payload, context)

    async def succeed(self, _: Note, context: JobContext[None]) -> str:
        self.receiver.apply(context.key)
        return "done"

    async def crash(self, *_: object) -> None:
        raise Crash

    async def crash_after(self, _: Note, context: JobContext[None]) -> None:
        self.receiver.apply(context.key)
        raise Crash

    async def accept(self, **options: Any) -> Run:
        accepted = await self.desk.enqueue(Note(), **options)
        return await self.read(accepted.run)

    async def read(self, run: Run) -> Run:
        return await self.desk.read(run.id)

    async def deliver(self, run: Run, **changed: Any) -> Handled:
        """QStash delivers the message of the run as it was read, and notes the answer."""
        handled = await self.desk.deliver(run, **changed)
        if run.message_id:
            self.qstash.answered(run.message_id, handled.answer.status)
        return handled

    async def deliver_and_crash(self, run: Run) -> None:
        behave, self.behave = self.behave, self.crash_after
        try:
            await self.deliver(run)
        except Crash:
            return
        finally:
            self.behave = behave
        raise AssertionError("it was not even claimed")

    async def change(self, run: Run, **fields: Any) -> None:
        await self.desk.change(run.id, **fields)

    async def expire_lease(self, run: Run) -> None:
        await self.change(run, lease=1)

    async def overdue(self, run: Run) -> None:
        await self.change(run, look_at=1)

    async def relay(self, remaining: float = 100.0) -> dict[str, int]:
        return await Relay(self.desk.enqueuer).turn(lambda: remaining, logging.getLogger("relay"))

    async def relay_later(self, run: Run) -> dict[str, int]:
        await self.overdue(run)
        return await self.relay()

    async def give_up(self, run: Run, /, *, dlq_id: str = "dlq_1", status: int = 500, **changed: Any) -> str:
        """QStash has used up its tries of the message, and says so. The outcome."""
        if run.message_id:
            self.qstash.fates[run.message_id] = Fate.DEAD
        message = replace(Message(run.id, run.job, run.leg, run.epoch), **changed)
        return await self.hear(callback_body(message.encode(), dlq_id=dlq_id, status=status))

    async def hear(self, body: bytes) -> str:
        """Deliver a failure callback; it must be decided."""
        received = await self.callbacks.receive(signed_event(body))
        assert received.answer.status == 200, received
        return received.answer.outcome

    async def alerts(self) -> int:
        return await self.database.test_alerts.count_documents({})


def callback_body(source: bytes, *, dlq_id: str = "dlq_1", status: int = 500, **changed: Any) -> bytes:
    """QStash's failure callback about a message with this body."""
    fields: Mapping[str, Any] = {
        "status": status,
        "header": {"Content-Type": ["text/plain"]},
        "body": b64encode(b"Internal Server Error").decode(),
        "retried": 3,
        "maxRetries": 3,
        "sourceMessageId": "msg_source",
        "url": "https://note.lambda-url.eu-west-1.on.aws/",
        "method": "POST",
        "sourceHeader": {"Upstash-Retries": ["3"]},
        "sourceBody": b64encode(source).decode(),
        "notBefore": 0,
        "createdAt": 1_700_000_000_000,
        "callerIP": "192.0.2.1",
        "dlqId": dlq_id,
    }
    return json.dumps({**fields, **changed}).encode()
