"""What the test jobs have in common: the counting service, and the runtime without the bundle's alerts."""

import os
from collections.abc import Callable
from typing import Any

import httpx

from shared.contract import Contract
from shared.database import Session
from shared.handler import JobHandler
from shared.process import Process
from shared.runs.model import Run
from shared.work import Work
from tests.chaos.jobs.contracts import CONTRACTS

Tell = Callable[[str, str], Any]


def counting(_: Process) -> Tell:
    """One effect of a run, under a key."""
    client = httpx.AsyncClient(base_url=os.environ["COUNTER_URL"], timeout=5, trust_env=False)

    async def tell(run: str, key: str) -> None:
        answer = await client.post("/effects", json={"of": run}, headers={"idempotency-key": key})
        answer.raise_for_status()

    return tell


async def _no_alert(_: Run, __: Session) -> None: ...


def chaos_job(contract: Contract[Any]) -> Callable[[Work], JobHandler]:
    def decorate(work: Work) -> JobHandler:
        return JobHandler(contract, work, contracts=lambda: CONTRACTS, services=counting, alert=lambda _: _no_alert)

    return decorate
