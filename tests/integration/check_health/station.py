"""The job as its Lambda runs it, called by its cron; what its probes find, and what time it is, are the test's."""

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from functions.check_health.checking import Services
from functions.check_health.contract import CONTRACT
from functions.check_health.handler import handler
from functions.check_health.telling import Teller
from shared.clock import World
from shared.database import Database
from shared.delivery import Handled
from shared.errors import DependencyDown
from shared.health import records
from shared.health.model import Health
from shared.runs.model import Run, read
from tests.support.desk import Desk, FakePublisher

PERIOD = 10.0
"""Seconds from turn to turn: leases are the store's, whose time the test does not move."""
GOOD = ""


@dataclass
class Station:
    """`found` says why a part fails; what is not in it is well."""

    database: Database
    webhook: bool = True
    found: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    costly: frozenset[str] = frozenset()
    passed: float = 0.0
    """Seconds since the test began, beside the real ones."""
    publisher: FakePublisher = field(default_factory=FakePublisher)

    def __post_init__(self) -> None:
        self.world = World(now=lambda: time.time() + self.passed)
        names = ("mongodb", "redis", "qstash", "ai")
        self.services = Services(
            self.database,
            {name: self._probe(name) for name in names},
            self.costly,
            Teller(self.database, self.world, webhook=self.webhook),
            1,
        )

    def _probe(self, name: str) -> Callable[[], Awaitable[None]]:
        async def probe() -> None:
            self.asked.append(name)
            if why := self.found.get(name, GOOD):
                raise DependencyDown(name, why)

        return probe

    def desk(self, **changed: Any) -> Desk:
        services = replace(self.services, **changed)
        return Desk(
            self.database, CONTRACT, handler.work, services=services, world=self.world, publisher=self.publisher
        )

    async def turn(self, **found: str) -> Handled:
        """The cron's delivery, a period after the one before."""
        self.found = found
        self.passed += PERIOD
        handled = await self.desk().deliver_body(b"")
        assert handled.answer.status == 200, handled
        return handled

    async def turns(self, *found: dict[str, str]) -> Health:
        """One after the other; how it is then."""
        for one in found:
            await self.turn(**one)
        health = await records.read(self.database)
        assert health is not None
        return health

    async def told(self, job: str = "send_email") -> Sequence[tuple[str, str]]:
        """What operators are told: from which status to which, in the order of the changes."""
        events = [json.loads(run.payload)["mail" if job == "send_email" else "event"] for run in await self.runs(job)]
        return [(event["was"], event["status"]) for event in sorted(events, key=lambda event: event["since"])]

    async def runs(self, job: str) -> Sequence[Run]:
        return [read(document) async for document in self.database.runs.find({"job": job})]
