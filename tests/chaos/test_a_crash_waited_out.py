"""Nothing helps here but time: QStash's own retries, and a lease that runs out by itself."""

import asyncio
from pathlib import Path

import pytest

from shared.clock import World
from shared.database import Database
from shared.enqueue import new_run
from shared.runs import outbox
from shared.runs.model import FINAL, Run, State, read
from tests.chaos.jobs.contracts import VIGIL, Errand
from tests.support.crash.bench import open_bench
from tests.support.crash.counter import Counter
from tests.support.crash.crossings import Crossing, Mode, Step
from tests.support.crash.relay import relay

SERVERLESS = Path(__file__).parent / "jobs" / "serverless.yml"

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(120)]


async def test_qstash_and_the_leases_end_alone_mend_a_crash(
    database: Database, mongodb_uri: str, tmp_path: Path, counter: Counter
) -> None:
    own = {"COUNTER_URL": counter.url}
    opened = open_bench("vigil", database, mongodb_uri, tmp_path, serverless=SERVERLESS, own=own, by_hand=False)
    async with opened as bench:
        bench.trap.set(Step(Crossing("counter", "POST /effects", 1), Mode.AFTER))
        new = new_run(VIGIL, Errand(tag="vigil"), owner="crash-test", run_id=World().token())
        await relay(bench, [await outbox.insert(database, new)], [VIGIL])
        run = await _ended(database, new.id)
        sprung = bench.trap.lift()

    first, second = run.attempts
    assert sprung
    assert run.state is State.SUCCEEDED
    assert "ended" not in first
    assert second["started"] - first["started"] >= 3000, "the second began while the first's lease lived"
    assert (counter.effects[run.id], counter.calls[run.id]) == (1, 2)


async def _ended(database: Database, run_id: str) -> Run:
    async with asyncio.timeout(60):
        while True:
            run = read(await database.runs.find_one({"_id": run_id}) or {})
            if run.state in FINAL:
                return run
            await asyncio.sleep(0.1)
