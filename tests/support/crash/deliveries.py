"""The life of one run at a job's function, with QStash played by the test: signed, repeated, never in doubt.

accept ──▶ deliver: cut somewhere ──▶ deliver again until 200 ──▶ and once more
                                        │
                                        └ a live lease must answer 409; then the test lets it run out
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from functions.sync_search.contract import CONTRACT as SYNC_SEARCH
from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY
from infra.local.qstash.signing import sign
from shared.clock import World
from shared.contract import Contract, Payload
from shared.database import Database
from shared.enqueue import new_run
from shared.message import Message
from shared.runs import outbox
from shared.runs.model import FINAL, Run, State, read
from tests.support.crash.bench import Bench
from tests.support.crash.relay import relay

ROUNDS: Final = 6
"""Deliveries after which a run that has not ended is called lost."""
FOLLOW_UPS_END: Final = 30.0
"""Seconds for QStash and the follow-up's own function."""
LOOKING: Final = SYNC_SEARCH.name
"""A job that is asked for nothing but to look at the store: after a crash it may look once more."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What an effect is counted by: the run as it ended, what it started, and where the services are."""

    run: Run
    follow_ups: Sequence[Run]
    urls: Mapping[str, str]
    database: Database


Effects = Callable[[Scene], Awaitable[int]]


@dataclass(slots=True)
class Deliveries:
    """A Scenario (engine.py) for one job."""

    bench: Bench
    contract: Contract[Any]
    payload: Callable[[str], Payload]
    effects: Effects
    exactly: int
    also: Sequence[Contract[Any]] = ()
    """Contracts of follow-ups that are no jobs of the bundle."""
    world: World = field(default_factory=World)
    _known: set[str] = field(default_factory=set)
    _follow_ups: Mapping[str, int] | None = None
    """How many of each job a clean delivery left."""

    async def begin(self, tag: str) -> Message:
        self._known = {document["_id"] async for document in self.bench.database.runs.find({}, {"_id": 1})}
        new = new_run(self.contract, self.payload(tag), owner="crash-test", run_id=self.world.token())
        run = await outbox.insert(self.bench.database, new)
        return Message(run.id, run.job, run.leg, run.epoch)

    async def attempt(self, subject: Message) -> Sequence[int]:
        """Every leg of it: until a delivery does not end well, or none is left."""
        answers: list[int] = []
        run, leg = await self._read(subject.run), -1
        while run.state not in FINAL and run.leg > leg:
            answers.append(await self.deliver(Message(run.id, run.job, run.leg, run.epoch)))
            if answers[-1] != 200:
                break
            run, leg = await self._read(subject.run), run.leg
        return answers

    async def mend(self, subject: Message, answers: list[int]) -> Sequence[str]:
        faults = await self._redelivered(subject, answers)
        run = await self._read(subject.run)
        if run.state is not State.SUCCEEDED:
            return [*faults, f"the run is {run.state}: {run.reason or run.error}"]
        follow_ups, wrong = await self._followed(run)
        scene = Scene(run, follow_ups, self.bench.urls, self.bench.database)
        if (effects := await self.effects(scene)) != self.exactly:
            wrong.append(f"{effects} effects, not {self.exactly}")
        answers.append(await self.deliver(subject))
        if answers[-1] != 200:
            wrong.append(f"the message once more was answered {answers[-1]}")
        if (again := await self.effects(scene)) != effects:
            wrong.append(f"the message once more made {again} effects of {effects}")
        return [*faults, *wrong]

    async def deliver(self, message: Message) -> int:
        """One delivery, signed for the URL that QStash would have been told."""
        body = message.encode()
        token = sign(
            key=DEVELOPMENT_CURRENT_KEY,
            url=self.bench.delivery_url,
            body=body,
            token_id=f"jwt_{token_hex(8)}",
            now=self.world.now(),
        )
        headers = {
            "content-type": "application/json",
            "upstash-signature": token,
            "upstash-message-id": f"msg_{message.dedup_id()}",
            "upstash-retried": "0",
        }
        return (await self.bench.call(body, headers)).status_code

    async def _redelivered(self, subject: Message, answers: list[int]) -> list[str]:
        for _ in range(ROUNDS):
            run = await self._read(subject.run)
            if answers[-1] == 200 and run.state in FINAL:
                return []
            if answers[-1] == 489:
                return ["QStash was told never to come back"]
            message = Message(run.id, run.job, run.leg, run.epoch)
            if run.state is State.RUNNING and run.lease > self.world.now() * 1000:
                answers.append(await self.deliver(message))
                if answers[-1] != 409:
                    return [f"a delivery under a live lease was answered {answers[-1]}"]
            due = {"lease": 0, "not_before": 0}
            await self.bench.database.runs.update_one({"_id": run.id, "state": {"$nin": list(FINAL)}}, {"$set": due})
            answers.append(await self.deliver(message))
        return [f"no end after {ROUNDS} deliveries"]

    async def _followed(self, run: Run) -> tuple[Sequence[Run], list[str]]:
        """What the run started, when it has ended; what is wrong with that."""
        loop = asyncio.get_running_loop()
        until = loop.time() + FOLLOW_UPS_END
        while True:
            found = [read(document) async for document in self.bench.database.runs.find({})]
            mine = [one for one in found if one.id not in self._known and one.id != run.id]
            if all(one.state in FINAL for one in mine) or loop.time() > until:
                break
            await relay(self.bench, mine, self.also)
            await self.world.sleep(0.05)
        left = Counter(one.job for one in mine)
        left[LOOKING] = min(left[LOOKING], 1)
        if self._follow_ups is None:
            self._follow_ups = left
        wrong = [f"the follow-up {one.job} is {one.state}" for one in mine if one.state is not State.SUCCEEDED]
        if left != self._follow_ups:
            wrong.append(f"follow-ups: {dict(left)}, not {dict(self._follow_ups)}")
        return mine, wrong

    async def _read(self, run_id: str) -> Run:
        document = await self.bench.database.runs.find_one({"_id": run_id})
        if document is None:
            raise LookupError(f"the record of run {run_id} is gone")
        return read(document)
