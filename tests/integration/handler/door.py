"""A job's Lambda door as AWS drives it: a synchronous call with an event and a context, settings from the environment.

door.behave = work
answer = door.deliver(door.accept())
said = door.said()                     # what was printed since: the line, the metrics, and every byte of it
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from shared.answers import LambdaAnswer
from shared.context import JobContext
from shared.contract import Backoff, Contract, Payload
from shared.enqueue import Enqueuer
from shared.handler import JobHandler
from shared.message import Message
from shared.process import Process
from shared.runs.model import Run, read
from tests.support.desk import FakePublisher, signed_event

CANARY = "CANARY-7f3a"
"""Stands in everything that must not be told."""


class Say(Payload):
    text: str


Behave = Callable[[Say, JobContext[Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class LambdaCall:
    """What AWS gives as the second argument, as far as it is used."""

    milliseconds: int

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass(frozen=True, slots=True)
class Said:
    """What one invocation printed."""

    lines: list[dict[str, Any]]
    metrics: list[dict[str, Any]]
    raw: str = field(repr=False)

    @property
    def line(self) -> dict[str, Any]:
        """The one line of the delivery."""
        (line,) = (line for line in self.lines if line["message"] == "delivery")
        return line


async def nothing(_: Say, __: JobContext[None]) -> None:
    return None


class Door:
    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        """A job of its own name, because Powertools keeps a logger, and where it writes to, by name."""
        name = f"say_{secrets.token_hex(4)}"
        self.contract = Contract(
            name=name,
            payload=Say,
            timeout=30,
            deadline=20,
            tries=3,
            backoff=Backoff(1, 2, 10),
            max_age=timedelta(hours=1),
        )
        self.process = Process(name)
        self.behave: Behave = nothing
        self.services: Callable[[Process], Any] = lambda _: None
        self._capture = capture
        self._handler = JobHandler(
            self.contract,
            self._work,
            contracts=lambda: {name: self.contract},
            services=self._services,
            alert=lambda _: self._alert,
            process=self.process,
        )

    def accept(self, text: str = CANARY) -> Run:
        """A run that QStash has been given."""
        publishing = Enqueuer(
            self.process.database, FakePublisher(), {self.contract.name: self.contract}, self.process.world
        )
        accepted = self.process.run(publishing.enqueue(self.contract, Say(text=text), owner="o"))
        return self.read(accepted.run.id)

    def read(self, run_id: str) -> Run:
        document = self.process.run(self.process.database.runs.find_one({"_id": run_id}))
        assert document is not None
        return read(document)

    def due(self, run: Run) -> None:
        """Let the run's wait be over."""
        self.process.run(self.process.database.runs.update_one({"_id": run.id}, {"$set": {"not_before": 0}}))

    def knock(self, event: object, *, seconds: float = 25.0) -> LambdaAnswer:
        return self._handler(event, LambdaCall(int(seconds * 1000)))

    def deliver(self, run: Run, *, seconds: float = 25.0, **signed: Any) -> LambdaAnswer:
        return self.knock(event_for(run, **signed), seconds=seconds)

    def said(self) -> Said:
        out, err = self._capture.readouterr()
        objects = [json.loads(line) for line in out.splitlines()]
        return Said(
            lines=[one for one in objects if "_aws" not in one],
            metrics=[one for one in objects if "_aws" in one],
            raw=out + err,
        )

    def _services(self, process: Process) -> Any:
        return self.services(process)

    async def _work(self, payload: Say, context: JobContext[None]) -> Any:
        return await self.behave(payload, context)

    async def _alert(self, *_: object, **__: object) -> None:
        return None


def event_for(run: Run, *, headers: Mapping[str, str] | None = None, **signed: Any) -> dict[str, Any]:
    event = dict(signed_event(Message(run.id, run.job, run.leg, run.epoch).encode(), **signed))
    return with_headers(event, headers or {})


def with_headers(event: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    return {**event, "headers": {**event["headers"], **headers}}
