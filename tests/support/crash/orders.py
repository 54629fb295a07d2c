"""A caller of a function that accepts work: it asks, perhaps hears nothing, and later asks again for the same.

ask: cut somewhere ──▶ order and run are both there or neither ──▶ relay ──▶ one effect ──▶ ask again ──▶ still one
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.contract import Contract
from shared.runs.model import FINAL, Run, State, read
from tests.support.crash.bench import Bench
from tests.support.crash.relay import relay

ENDS_WITHIN: Final = 30.0
ASKED_AGAIN: Final = 4


@dataclass(frozen=True, slots=True)
class Orders:
    """A Scenario (engine.py) for a function that takes `{"order": TAG}` and runs a job with that business key."""

    bench: Bench
    contracts: Sequence[Contract[Any]]
    effects: Callable[[str], Awaitable[int]]

    async def begin(self, tag: str) -> str:
        return tag

    async def attempt(self, subject: str) -> Sequence[int]:
        body = json.dumps({"order": subject}).encode()
        return [(await self.bench.call(body, {"content-type": "application/json"})).status_code]

    async def mend(self, subject: str, answers: list[int]) -> Sequence[str]:
        faults = await self._fate(subject, accepted=answers[-1] == 202)
        for _ in range(ASKED_AGAIN):
            answers += await self.attempt(subject)
            if answers[-1] == 202:
                break
        else:
            faults.append("it can't be asked again")
        return [*faults, *await self._fate(subject, accepted=True)]

    async def _fate(self, order: str, *, accepted: bool) -> list[str]:
        """What is wrong with an order: it must be recorded if it was accepted, and done if it is recorded."""
        ordered = await self.bench.database.orders.count_documents({"_id": order})
        runs = await self._ended(order)
        effects = await self.effects(order)
        wrong = [f"its run is {run.state}: {run.reason}" for run in runs if run.state is not State.SUCCEEDED]
        if accepted and not ordered:
            wrong.append("202 was answered and no order is there")
        if len(runs) != ordered:
            wrong.append(f"{ordered} orders with {len(runs)} runs")
        if effects != ordered:
            wrong.append(f"{ordered} orders with {effects} effects")
        return wrong

    async def _ended(self, order: str) -> Sequence[Run]:
        loop = asyncio.get_running_loop()
        until = loop.time() + ENDS_WITHIN
        while True:
            runs = [read(document) async for document in self.bench.database.runs.find({"key": order})]
            if all(run.state in FINAL for run in runs) or loop.time() > until:
                return runs
            await relay(self.bench, runs, self.contracts)
            await asyncio.sleep(0.05)
