"""Cases 2 and 10 at large: long work goes on where it stopped, whichever of its legs is cut."""

from pathlib import Path

import pytest

from tests.chaos.conftest import CrashAtEveryStep
from tests.chaos.jobs.contracts import LEGS, Errand
from tests.support.crash.counter import Counter
from tests.support.crash.deliveries import Scene

SERVERLESS = Path(__file__).parent / "jobs" / "serverless.yml"

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


async def test_each_leg_has_its_effect_once_wherever_one_is_cut(
    crash_at_every_step: CrashAtEveryStep, counter: Counter
) -> None:
    async def effects(scene: Scene) -> int:
        return counter.effects[scene.run.id] if scene.run.leg == 1 else -1

    report = await crash_at_every_step(
        LEGS,
        payload=lambda tag: Errand(tag=tag),
        effects=effects,
        exactly=2,
        follow_ups=[LEGS],
        serverless=SERVERLESS,
        services={"COUNTER_URL": counter.url},
    )

    assert [str(crossing) for crossing in report.crossings if crossing.service != "mongodb"] == [
        "counter POST /effects",
        "qstash POST /v2/publish",
        "counter POST /effects (2)",
    ]
