"""The fixture itself, on a job that was made for it: two effects and a follow-up."""

from pathlib import Path

import pytest

from tests.chaos.conftest import CrashAtEveryStep
from tests.chaos.jobs.contracts import ERRAND, NOTE, Errand
from tests.support.crash.counter import Counter
from tests.support.crash.deliveries import Scene

SERVERLESS = Path(__file__).parent / "jobs" / "serverless.yml"

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


async def test_every_crash_leaves_each_effect_once_and_one_follow_up(
    crash_at_every_step: CrashAtEveryStep, counter: Counter
) -> None:
    async def effects(scene: Scene) -> int:
        return counter.effects[scene.run.id]

    report = await crash_at_every_step(
        ERRAND,
        payload=lambda tag: Errand(tag=tag),
        effects=effects,
        exactly=3,
        follow_ups=[NOTE],
        serverless=SERVERLESS,
        services={"COUNTER_URL": counter.url},
    )

    services = {crossing.service for crossing in report.crossings}
    assert services == {"mongodb", "counter", "qstash"}
