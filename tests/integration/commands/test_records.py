"""`health`, `keys`, `suppressions` and `users`: what each says, changes and answers to a script."""

import re

import pytest

from functions.api import keys
from shared.clock import World
from shared.database import transaction
from shared.health import records
from shared.health.model import Backlog, Health, Part, Status
from shared.mail import suppressions
from shared.mail.suppressions import Suppression
from shared.runs.model import State
from tests.integration.commands.typed import ADDRESS, Typed


async def checked(stage: Typed, status: Status, *, seconds_ago: float = 10) -> None:
    at = round((World().now() - seconds_ago) * 1000)
    why = "" if status is Status.HEALTHY else "redis: no answer in 2 s"
    parts = {"redis": Part(status, at - 60_000, why, latency=12, found=status, found_at=at)}
    health = Health(status, at - 60_000, (why,) if why else (), parts, {"pending": Backlog(0, None)}, at, "turn")
    await transaction(stage.database, lambda session: records.write(stage.database, None, health, session=session))


async def test_health_is_exit_code_0_where_all_is_well(stage: Typed) -> None:
    await checked(stage, Status.HEALTHY)
    said = await stage("health")
    assert said.exit_code == 0
    assert re.match(r"healthy for 70 s, checked 1\d s ago\n", said.stdout)


async def test_health_is_exit_code_3_and_says_why_where_it_is_not(stage: Typed) -> None:
    await checked(stage, Status.DOWN)
    await stage.failed()
    said = await stage("health")
    assert said.exit_code == 3
    assert "redis: no answer in 2 s" in said.stdout
    told = await stage.data("health")
    assert (told["status"], told["stale"], told["parts"]["redis"]["status"]) == ("down", False, "down")
    assert told["backlogs"]["failed"]["count"] == 1


async def test_checks_that_do_not_run_are_not_well(stage: Typed) -> None:
    assert (await stage("health")).exit_code == 3
    await checked(stage, Status.HEALTHY, seconds_ago=3_600)
    said = await stage("health")
    assert said.exit_code == 3
    assert "the checks do not run any more" in said.stdout


async def test_a_key_is_made_listed_and_revoked(stage: Typed) -> None:
    made = await stage("keys", "create", "--name", "ops", "--scope", "operator")
    assert (made.exit_code, made.stderr) == (0, "")
    assert await keys.find(stage.database, made.stdout.strip())
    (listed,) = await stage.data("keys", "list")
    assert (listed["name"], listed["scopes"], listed["by"]) == ("ops", ["operator"], "command line")
    refused = await stage("keys", "revoke", listed["id"])
    assert refused.exit_code == 2
    assert "Revoke the key 'ops' (operator) of local?" in refused.stderr
    assert (await stage("keys", "revoke", f"key:{listed['id']}", "--yes")).exit_code == 0
    assert (await stage("keys", "list")).stdout == "no keys\n"
    assert (await stage("keys", "revoke", listed["id"], "--yes")).exit_code == 3
    assert await stage.acts() == [
        ("command line", "key.revoke", listed["id"]),
        ("command line", "key.create", listed["id"]),
    ]


async def test_the_secret_of_a_keys_webhook_is_told_once(stage: Typed) -> None:
    asked = ("--name", "billing", "--scope", "jobs:write", "--webhook", "http://127.0.0.1:9/hooks?secret=1")
    key, secret = (await stage("keys", "create", *asked)).stdout.splitlines()
    assert (key[:3], secret[:6]) == ("mr_", "whsec_")
    listed = (await stage("keys", "list")).stdout
    assert "http://127.0.0.1:9/hooks" in listed
    assert not [word for word in (key, secret, "secret=1") if word in listed]


@pytest.mark.parametrize("words", [["--scope", "all"], ["--scope", "operator", "--webhook", "ftp://x.example"]])
async def test_a_key_that_can_not_be_is_exit_code_2(stage: Typed, words: list[str]) -> None:
    said = await stage("keys", "create", "--name", "x", *words)
    assert (said.exit_code, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert await keys.every(stage.database) == []


async def test_a_suppressed_address_is_listed_and_lifted(stage: Typed) -> None:
    new = Suppression(ADDRESS, "bounced", round(World().now() * 1000) - 45_000, "r1", "e1")
    await transaction(stage.database, lambda session: suppressions.suppress(stage.database, new, session=session))
    assert (await stage("suppressions", "list")).stdout.splitlines()[1].split()[:2] == [ADDRESS, "bounced"]
    assert (await stage("suppressions", "lift", ADDRESS)).exit_code == 2
    assert (await stage("suppressions", "lift", ADDRESS, "--yes")).exit_code == 0
    assert (await stage("suppressions", "lift", ADDRESS, "--yes")).exit_code == 3
    assert (await stage.data("suppressions", "list"), await stage.acts()) == (
        [],
        [("command line", "address.lift", ADDRESS)],
    )


async def test_a_user_is_erased_by_their_address_after_a_look_at_what_there_is(stage: Typed) -> None:
    await stage.database.users.insert_one({"_id": "ann", "email": ADDRESS, "created": 1_796_000_000_000})
    await stage.accepted()
    shown = await stage("users", "erase", ADDRESS.upper())
    assert shown.exit_code == 2
    assert re.search(r"runs +1\n", shown.stderr)
    assert "Erase this user of local, and all of the above?" in shown.stderr
    told = await stage.data("users", "erase", ADDRESS, "--yes")
    job = await stage.database.runs.find_one({"_id": told["run"]})
    assert job is not None
    assert (told["user"], job["job"], job["state"]) == ("ann", "erase_user", State.PENDING.value)
    assert await stage.acts() == [("command line", "user.erase", "ann")]


async def test_a_user_who_is_not_there_is_exit_code_3(stage: Typed) -> None:
    said = await stage("users", "erase", "bob", "--yes")
    assert (said.exit_code, said.stderr) == (3, "There is no user bob.\n")
