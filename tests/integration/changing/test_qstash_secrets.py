"""QStash's signing keys and token are rotated under load, in the order of docs/changing.md and in the worst one."""

from typing import Final

import pytest

from tests.integration.changing.deployment import Deployment
from tests.integration.changing.publishing import JOB

pytestmark = pytest.mark.timeout(240)

CALLED: Final = (JOB, "relay_jobs", "record_failure")
"""Those that QStash calls here."""


async def rotated(one: Deployment) -> dict[str, str]:
    """What QStash's rotation has left: the variables of the next deploy."""
    keys = one.qstash.call("POST", "/v2/keys/rotate").json()
    return {"QSTASH_CURRENT_SIGNING_KEY": keys["current"], "QSTASH_NEXT_SIGNING_KEY": keys["next"]}


async def test_no_delivery_is_refused_while_signing_keys_are_rotated_and_deployed(one: Deployment) -> None:
    """Twice, since only the second one signs by a key that no function had at first."""
    for _ in range(2):
        await one.ask()
        keys = await rotated(one)
        await one.ask()
        for function in CALLED:
            await one.deploy(function, **keys)
    await one.ask()
    await one.relay()
    await one.all_greeted_once()
    assert [name for name in CALLED if one.answers(name)["unauthorized"]] == []


async def test_two_rotations_without_a_deploy_between_them_stop_everything_and_lose_nothing(one: Deployment) -> None:
    """Every delivery is refused, the failure callbacks and the relay's turns as well, until the keys are deployed."""
    await rotated(one)
    keys = await rotated(one)
    runs = await one.ask()
    await one.until(lambda _: one.answers("record_failure")["unauthorized"] >= len(runs), runs)
    assert one.answers() == {"unauthorized": one.answers()["unauthorized"]}
    for function in CALLED:
        await one.deploy(function, **keys)
    await one.all_greeted_once()


async def test_work_is_accepted_while_qstash_takes_only_a_token_that_is_not_deployed_yet(one: Deployment) -> None:
    """It waits in its record, and so does the next leg of what is at work; the relay hands both over afterwards."""
    old = {"QSTASH_TOKEN": "the one before"}
    for function in (JOB, "relay_jobs"):
        await one.deploy(function, **old)
    first = await one.ask()
    await one.until(lambda run: run["state"] == "succeeded" or (run["state"], run["leg"]) == ("pending", 1), first)
    async with one.started_by("one", **old):
        later = await one.ask()
        assert {run["state"] for run in await one.until(lambda _: True, later)} == {"pending"}
    for function in (JOB, "relay_jobs"):
        await one.deploy(function, QSTASH_TOKEN=one.environment["QSTASH_TOKEN"])
    await one.all_greeted_once()
