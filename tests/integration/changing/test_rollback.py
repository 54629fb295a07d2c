"""A deploy is taken back while its messages are in flight: what only newer code can read waits for that, and alone."""

import pytest

from tests.integration.changing.deployment import FINAL, Deployment
from tests.integration.changing.publishing import JOB

pytestmark = pytest.mark.timeout(240)


async def test_what_the_newer_version_accepted_waits_out_a_rollback_and_all_else_goes_on(one: Deployment) -> None:
    """Even when QStash has given its messages up: the failure callback and the relay take over, and no try is used."""
    async with one.started_by("two"):
        newer = await one.ask()
    older = await one.ask()
    await one.until(lambda run: run["state"] == "succeeded", older)
    waiting = await one.until(lambda run: run["epoch"] > 0, newer)
    assert [run["_id"] for run in waiting if run["state"] in FINAL] == []
    assert {(run["tries"], len(run.get("attempts", ()))) for run in waiting} == {(0, 0)}

    await one.deploy(JOB, "two")
    await one.all_greeted_once()


async def test_where_the_newer_version_is_first_read_and_only_then_written_no_rollback_makes_anything_wait(
    one: Deployment,
) -> None:
    """Each deploy reads what the one before it and the one after it write."""
    async with one.started_by("between"):
        await one.ask()
        await one.deploy(JOB, "between")
        async with one.started_by("two"):
            await one.ask()
        await one.ask()
        runs = await one.all_greeted_once()
    assert {run["version"] for run in runs} == {1, 2}
    assert one.answers()["newer"] == 0
