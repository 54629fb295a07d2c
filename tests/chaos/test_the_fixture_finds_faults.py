"""A test that cannot fail is a defect: the fixture on a job that does not use the run's key."""

from pathlib import Path

import pytest

from shared.database import Database
from tests.chaos.jobs.contracts import CARELESS, Errand
from tests.support.crash.bench import open_bench
from tests.support.crash.counter import Counter
from tests.support.crash.deliveries import Deliveries, Scene
from tests.support.crash.engine import crash_everywhere

SERVERLESS = Path(__file__).parent / "jobs" / "serverless.yml"
MOST = 12
"""Steps: each of its three changes in each way."""

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


async def test_an_effect_without_the_runs_key_is_found_wherever_it_can_be_repeated(
    database: Database, mongodb_uri: str, tmp_path: Path, counter: Counter
) -> None:
    async def effects(scene: Scene) -> int:
        return counter.effects[scene.run.id]

    own = {"COUNTER_URL": counter.url}
    async with open_bench("careless", database, mongodb_uri, tmp_path, serverless=SERVERLESS, own=own) as bench:
        deliveries = Deliveries(bench, CARELESS, lambda tag: Errand(tag=tag), effects, exactly=1)
        report = await crash_everywhere(bench, deliveries, at_most=MOST)

    bad = [f"{row.step.crossing}: {row.step.mode}" for row in report.bad if row.step]
    assert bad == [
        "counter POST /effects: after",
        "counter POST /effects: answer lost",
        "mongodb findAndModify runs (2): before",
    ]
    with pytest.raises(AssertionError, match="3 of 10 crashes were not survived"):
        report.check()
