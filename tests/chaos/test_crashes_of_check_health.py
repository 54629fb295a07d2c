"""Wherever a turn of the checks dies or loses an answer: the change is recorded, and told by one mail.

The store says that all was down, and that the turn before this one found it well again: so a turn that ends records a
change. One that was cut off leaves it to the cron's next delivery, and one that had recorded it leaves nothing to tell.
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Final

import pytest

from infra.local.qstash.settings import DEVELOPMENT_CURRENT_KEY
from infra.local.qstash.signing import sign
from shared.database import Database, Session, transaction
from shared.health import records
from shared.health.model import Health, Part, Status
from shared.runs.model import FINAL, Run, State, read
from tests.support.crash.bench import Bench, open_bench
from tests.support.crash.engine import crash_everywhere
from tests.support.crash.relay import relay

CRON: Final = "cron:check_health"
ROUNDS: Final = 6
TOLD_WITHIN: Final = 30.0

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(1800)]


@dataclass
class Checks:
    """A Scenario (engine.py) for the cron: QStash's part is the test's."""

    bench: Bench
    _told: set[str] = field(default_factory=set)
    """The alerts of the steps before."""

    async def begin(self, tag: str) -> str:
        database, now = self.bench.database, int(time.time() * 1000)
        mongodb = Part(Status.DOWN, now - 1, "no answer in 5 s", found=Status.HEALTHY, found_at=now)
        down = Health(Status.DOWN, now - 1, ("mongodb is down",), {"mongodb": mongodb}, {}, now, tag)
        await database.health.delete_many({})
        await transaction(database, lambda session: _written(database, down, session))
        relayed = {"created": now, "attempts": [{"ended": now, "outcome": "succeeded"}], "state": "succeeded"}
        await database.runs.replace_one({"_id": "cron:relay_jobs"}, relayed, upsert=True)
        self._told = {run.id for run in await self._alerts()}
        return tag

    async def attempt(self, subject: str) -> Sequence[int]:
        return [await self._deliver()]

    async def mend(self, subject: str, answers: list[int]) -> Sequence[str]:
        """The next turns come, as crons do; in the end one more, which has nothing to tell."""
        for _ in range(ROUNDS):
            await self.bench.database.runs.update_one({"_id": CRON}, {"$set": {"lease": 0, "not_before": 0}})
            answers.append(await self._deliver())
            if answers[-1] == 200:
                break
        else:
            return [f"no turn has ended in {ROUNDS} deliveries"]
        health = await records.read(self.bench.database)
        wrong = [] if health and health.status is not Status.DOWN else ["the change is not recorded"]
        told = await self._ended()
        if len(told) != 1:
            wrong.append(f"{len(told)} mails tell of it")
        return [*wrong, *(f"its mail is {run.state}: {run.reason}" for run in told if run.state is not State.SUCCEEDED)]

    async def _deliver(self) -> int:
        token = sign(
            key=DEVELOPMENT_CURRENT_KEY,
            url=self.bench.delivery_url,
            body=b"",
            token_id=f"jwt_{token_hex(8)}",
            now=time.time(),
        )
        return (await self.bench.call(b"", {"upstash-signature": token})).status_code

    async def _ended(self) -> Sequence[Run]:
        until = time.monotonic() + TOLD_WITHIN
        while True:
            told = [run for run in await self._alerts() if run.id not in self._told]
            if all(run.state in FINAL for run in told) or time.monotonic() > until:
                return told
            await relay(self.bench, told)
            await asyncio.sleep(0.05)

    async def _alerts(self) -> Sequence[Run]:
        """Of this change: a part that happened to be slow twice is another."""
        found = [read(document) async for document in self.bench.database.runs.find({"job": "send_email"})]
        return [run for run in found if json.loads(run.payload)["mail"]["was"] == Status.DOWN]


async def _written(database: Database, health: Health, session: Session) -> None:
    await records.write(database, None, health, session=session)


async def test_every_crash_leaves_the_change_recorded_and_told_once(
    database: Database, mongodb_uri: str, tmp_path: Path, at_most: int | None
) -> None:
    """What is probed is not cut in the short form: a probe that fails is made again."""
    direct = {"redis"} if at_most is None else {"redis", "qstash", "resend", "storage", "ai"}
    async with open_bench("check_health", database, mongodb_uri, tmp_path, direct=direct) as bench:
        report = await crash_everywhere(bench, Checks(bench), at_most=at_most)
    health = await records.read(database)

    report.check()
    crossings = [str(crossing) for crossing in report.crossings]
    assert {"mongodb insert health_checks", "mongodb commitTransaction"} <= set(crossings)
    assert health is not None
    assert {name: part.why for name, part in health.parts.items() if part.found is Status.DOWN} == {}
    assert {"mongodb", "redis", "qstash", "resend", "storage", "ai", "search", "relay"} < health.parts.keys()
