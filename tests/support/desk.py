"""A job runtime on a real store, with QStash played by the test: it signs deliveries and reads the answers.

desk = Desk(database, contract, work)
accepted = await desk.enqueue(payload)
handled = await desk.deliver(accepted.run)          # as QStash would
"""

import hashlib
import logging
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jwt

from functions.registry import contracts
from shared.clock import World
from shared.contract import Contract, Payload
from shared.database import Database, Session
from shared.delivery import Handled
from shared.ends import Evidence
from shared.enqueue import Accepted, Enqueuer
from shared.message import Message
from shared.publishing import Fate
from shared.runs.model import Run, read
from shared.runtime import JobRuntime
from shared.signature import Verifier
from shared.threads import Threads
from shared.work import Work

KEY = "sig_a_key_of_the_tests_long_enough_1"
NEXT_KEY = "sig_a_key_of_the_tests_long_enough_2"
DOMAIN = "desk.lambda-url.eu-west-1.on.aws"


@dataclass
class FakePublisher:
    """QStash's API in memory: what was published; `fail` says which run meets which error."""

    published: list[Message] = field(default_factory=list)
    dedup_ids: list[str] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Dead letters."""
    fail: Callable[[Run], Exception | None] = lambda _: None

    async def publish(self, run: Run, contract: Contract[Any]) -> str:
        error = self.fail(run)
        if error is not None:
            raise error
        self.published.append(Message(run.id, contract.name, run.leg, run.epoch))
        self.dedup_ids.append(run.dedup_id)
        message_id = f"msg_{run.dedup_id}"
        self.fates.setdefault(message_id, Fate.ALIVE)
        return message_id

    async def publish_many(self, runs: Sequence[tuple[Run, Contract[Any]]]) -> Sequence[str | Exception]:
        answers: list[str | Exception] = []
        for run, contract in runs:
            try:
                answers.append(await self.publish(run, contract))
            except Exception as error:  # noqa: BLE001 - the protocol gives errors back in their places
                answers.append(error)
        return answers

    async def fate(self, message_id: str) -> Fate:
        return self.fates.get(message_id, Fate.GONE)

    async def cancel(self, message_id: str) -> None:
        if not message_id:
            raise ValueError("an empty id cancels everything")
        self.cancelled.append(message_id)

    async def remove_dead_letter(self, dlq_id: str) -> None:
        if not dlq_id:
            raise ValueError("an empty id removes everything")
        self.removed.append(dlq_id)


class Desk:
    """Everything one job needs to run, and the hands to move it."""

    def __init__(
        self,
        database: Database,
        contract: Contract[Any],
        work: Work,
        *,
        world: World | None = None,
        publisher: FakePublisher | None = None,
        evidence: Evidence | None = None,
        services: Any = None,
    ) -> None:
        self.database = database
        self.contract = contract
        self.publisher = publisher or FakePublisher()
        self.world = world or World()
        self.alerts: list[str] = []
        known = {**contracts(), contract.name: contract}
        self.enqueuer = Enqueuer(database, self.publisher, known, self.world, self._alert)
        self.runtime = JobRuntime(
            contract=contract,
            work=work,
            services=lambda: services,
            database=database,
            verifier=Verifier(current_key=KEY, next_key=NEXT_KEY, stage="prod", now=self.world.now),
            world=self.world,
            threads=Threads(),
            log=logging.getLogger("desk"),
            stage="prod",
            enqueuer=lambda _: self.enqueuer,
            alert=self._alert,
            evidence=evidence,
        )

    async def _alert(self, run: Run, session: Session) -> None:
        await self.database.test_alerts.insert_one({"run": run.id, "reason": run.reason}, session=session)

    async def enqueue(self, payload: Payload, **options: Any) -> Accepted:
        return await self.enqueuer.enqueue(self.contract, payload, owner=options.pop("owner", "owner"), **options)

    async def read(self, run_id: str) -> Run:
        document = await self.database.runs.find_one({"_id": run_id})
        assert document is not None, f"no run {run_id}"
        return read(document)

    async def change(self, run_id: str, **fields: Any) -> None:
        """Move the record by hand: to expire a lease, to make a wait be over."""
        await self.database.runs.update_one({"_id": run_id}, {"$set": fields})

    async def deliver(self, run: Run, *, remaining: float = 50.0, **changed: Any) -> Handled:
        """Deliver the run's message; `changed` fields are of the message (leg, epoch, job)."""
        message = replace(Message(run.id, run.job, run.leg, run.epoch), **changed)
        return await self.deliver_body(message.encode(), remaining=remaining)

    async def deliver_body(self, body: bytes, *, remaining: float = 50.0, **event: Any) -> Handled:
        ends = self.world.monotonic() + remaining
        signed = event.pop("event", None) or signed_event(body, now=self.world.now(), **event)
        return await self.runtime.deliver(signed, remaining=lambda: ends - self.world.monotonic())


def signed_event(
    body: bytes, *, now: float | None = None, message_id: str = "msg_1", retried: int = 0, key: str = KEY
) -> Mapping[str, Any]:
    """A Function URL event as QStash and AWS make it."""
    issued = int(time.time() if now is None else now)
    claims = {
        "iss": "Upstash",
        "sub": f"https://{DOMAIN}/",
        "exp": issued + 300,
        "nbf": 0,
        "iat": issued,
        "jti": f"jwt_{secrets.token_hex(8)}",
        "body": urlsafe_b64encode(hashlib.sha256(body).digest()).decode(),
    }
    return {
        "version": "2.0",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json",
            "upstash-signature": jwt.encode(claims, key, algorithm="HS256"),
            "upstash-message-id": message_id,
            "upstash-retried": str(retried),
        },
        "requestContext": {"domainName": DOMAIN, "requestId": "r", "http": {"method": "POST", "sourceIp": "192.0.2.1"}},
        "body": body.decode(),
        "isBase64Encoded": False,
    }
