"""A payload changes its version while messages are in flight, and none is lost, whichever function is updated first."""

import pytest

from tests.integration.changing.deployment import Deployment
from tests.integration.changing.publishing import JOB

pytestmark = pytest.mark.timeout(240)


async def test_a_new_payload_version_loses_nothing_where_the_publisher_is_updated_first(one: Deployment) -> None:
    """Some runs have been delivered by then, some wait, some are being retried, some are between two legs."""
    await one.ask()
    async with one.started_by("two"):
        between = await one.ask()
        await one.until(lambda _: one.answers()["newer"] >= len(between), between)
        await one.deploy(JOB, "two")
        await one.ask()
        await one.deploy("relay_jobs", "two")
        await one.deploy("record_failure", "two")
        runs = await one.all_greeted_once()
    assert {run["version"] for run in runs} == {1, 2}
    assert max(run["tries"] for run in runs) == 2, "what the old worker left alone has cost no try"


async def test_a_new_payload_version_loses_nothing_where_the_worker_is_updated_first(one: Deployment) -> None:
    await one.ask()
    await one.deploy(JOB, "two")
    await one.ask()
    async with one.started_by("two"):
        await one.ask()
        runs = await one.all_greeted_once()
    assert {run["version"] for run in runs} == {1, 2}
    assert one.answers()["newer"] == 0
