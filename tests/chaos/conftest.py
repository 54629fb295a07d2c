"""`crash_at_every_step`, for any job of the bundle (docs/crash-testing.md), and a service whose effects are counted."""

import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import pytest

from infra.local.processes import ROOT
from shared.contract import Contract, Payload
from shared.database import Database
from tests.support.crash.bench import open_bench
from tests.support.crash.counter import Counter
from tests.support.crash.deliveries import Deliveries, Effects
from tests.support.crash.engine import SHORT, crash_everywhere
from tests.support.crash.report import Report


class CrashAtEveryStep(Protocol):
    async def __call__(
        self,
        contract: Contract[Any],
        *,
        payload: Callable[[str], Payload],
        effects: Effects,
        exactly: int = 1,
        follow_ups: Sequence[Contract[Any]] = (),
        serverless: Path = ROOT / "serverless.yml",
        services: Mapping[str, str] | None = None,
        direct: Collection[str] = (),
    ) -> Report: ...


@pytest.fixture
def at_most() -> int | None:
    """How many steps are taken: no limit where MILLRACE_SOAK is set."""
    return None if os.environ.get("MILLRACE_SOAK") else SHORT


@pytest.fixture
def crash_at_every_step(database: Database, mongodb_uri: str, tmp_path: Path, at_most: int | None) -> CrashAtEveryStep:
    """Crash the job at each of its exchanges with the outside, deliver again, and count the effects.

    `payload` makes one from a tag that is unique to each step, `effects` counts what a run has brought about, which
    must be `exactly` so many. `follow_ups`, `serverless` and `services` (address by variable) are for jobs that are
    not in the bundle's own serverless.yml; `direct` ones are not cut (bench.py).
    """

    async def crash(
        contract: Contract[Any],
        *,
        payload: Callable[[str], Payload],
        effects: Effects,
        exactly: int = 1,
        follow_ups: Sequence[Contract[Any]] = (),
        serverless: Path = ROOT / "serverless.yml",
        services: Mapping[str, str] | None = None,
        direct: Collection[str] = (),
    ) -> Report:
        opened = open_bench(
            contract.name, database, mongodb_uri, tmp_path, serverless=serverless, own=services, direct=direct
        )
        async with opened as bench:
            deliveries = Deliveries(bench, contract, payload, effects, exactly, follow_ups)
            report = await crash_everywhere(bench, deliveries, at_most=at_most)
        report.check()
        return report

    return crash


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    async with Counter.open() as opened:
        yield opened
