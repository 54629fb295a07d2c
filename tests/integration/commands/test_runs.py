"""`runs list`, `show` and `tail`: what is there, in full, and as it changes."""

import json

import pytest

from infra.commands.runs.following import Following
from shared import audit
from shared.audit import Act
from shared.clock import World
from shared.runs.finish import End, finish
from shared.runs.model import State
from tests.integration.commands.typed import ADDRESS, Typed


async def test_a_list_has_the_newest_first_and_says_why_one_failed(stage: Typed) -> None:
    failed = await stage.failed()
    accepted = await stage.accepted()
    said = await stage("runs", "list")
    head, *rows = said.stdout.splitlines()
    assert head.split() == ["run", "job", "state", "age", "owner"]
    assert [row.split()[:3] for row in rows] == [
        [accepted.id, "send_email", "pending"],
        [failed.id, "send_email", "failed"],
    ]
    assert "resend_refused: Resend does not take it" in rows[1]


async def test_every_filter_narrows_the_list(stage: Typed) -> None:
    failed = await stage.failed(code="other")
    await stage.failed()
    await stage.accepted()
    for words in (["--code", "other"], ["--status", "failed", "--code", "other", "--owner", "ann", "--since", "1h"]):
        assert [one["id"] for one in await stage.data("runs", "list", *words)] == [failed.id]
    assert len(await stage.data("runs", "list", "--status", "failed", "--status", "pending")) == 3
    assert await stage.data("runs", "list", "--until", "1h") == []
    assert await stage.data("runs", "list", "--owner", "bob") == []


async def test_a_list_that_is_cut_says_how_many_there_are(stage: Typed) -> None:
    for _ in range(3):
        await stage.accepted()
    said = await stage("runs", "list", "--limit", "2")
    assert (len(said.stdout.splitlines()), said.stderr) == (3, "the newest 2 of 3; --limit shows more\n")


async def test_an_empty_list_is_well_and_a_job_that_is_mistyped_is_said(stage: Typed) -> None:
    said = await stage("runs", "list", "--job", "send_mail")
    assert (said.exit_code, said.stdout) == (0, "no runs\n")
    assert said.stderr.startswith("There is no job send_mail in this bundle; there are analyze_document, ")


@pytest.mark.parametrize("words", [["--since", "soon"], ["--status", "lost"], ["--nope"]])
async def test_what_is_asked_wrongly_is_exit_code_2(stage: Typed, words: list[str]) -> None:
    assert (await stage("runs", "list", *words)).exit_code == 2


async def test_the_whole_story_of_a_run(stage: Typed) -> None:
    run = await stage.failed(key="k")
    error = {"code": "resend_refused", "message": "Resend does not take it"}
    attempts = [
        {"fence": 1, "started": run.created + 1_000, "ended": run.created + 3_500, "outcome": "failed", "error": error},
        {"fence": 2, "started": run.created + 9_000},
    ]
    told = {"attempts": attempts, "tries": 2, "dlq_id": "dlq_7", "message_id": "msg_7", "epoch": 1}
    await stage.database.runs.update_one({"_id": run.id}, {"$set": told})
    await audit.note(stage.database, [Act("key:on-call", "run.replay", run.id, {"was": "failed"})], now=World().now())
    said = (await stage("runs", "show", run.id)).stdout
    for words in (
        *("send_email failed", "Resend does not take it", run.id, "ann", "2 of 6", "dlq_7", "msg_7", "2.5 s"),
        *("not settled", "key:on-call  run.replay  was failed", '"title": "Mills"', '"to": "***"'),
    ):
        assert words in said
    whole = await stage.data("runs", "show", run.id)
    assert (whole["owner"], whole["dlq_id"], whole["payload"]["mail"]["to"]) == ("ann", "dlq_7", "***")
    assert [one["action"] for one in whole["audit"]] == ["run.replay"]


async def test_what_a_job_keeps_to_itself_is_shown_to_who_asks_for_it(stage: Typed) -> None:
    run = await stage.accepted()
    assert ADDRESS not in (await stage("runs", "show", run.id)).output
    assert ADDRESS in (await stage("runs", "show", run.id, "--payload")).stdout
    assert (await stage.data("runs", "show", run.id, "--payload"))["payload"]["mail"]["to"] == ADDRESS


@pytest.mark.parametrize("run_id", ["none", "-begins-with-a-dash"])
async def test_a_run_that_is_not_there_is_exit_code_3(stage: Typed, run_id: str) -> None:
    said = await stage("runs", "show", run_id)
    assert (said.exit_code, said.stdout) == (3, "")
    assert said.stderr == f"There is no run {run_id}. Finished runs are kept for 30 days.\n"


async def test_a_change_is_seen_once_and_what_had_ended_before_is_none(stage: Typed) -> None:
    await stage.failed()
    run = await stage.accepted()
    following = Following(stage.database, "send_email")
    now = World().now()
    assert [(one.run.id, one.was, one.run.state) for one in await following.look(now=now)] == [
        (run.id, None, State.PENDING)
    ]
    assert await following.look(now=now) == []
    await finish(stage.database, run, End(state=State.CANCELLED, reason="enough"), alert=None)
    later = await stage.accepted()
    changes = [(one.run.id, one.was, one.run.state) for one in await following.look(now=now)]
    assert changes == [(run.id, State.PENDING, State.CANCELLED), (later.id, None, State.PENDING)]
    assert await following.look(now=now) == []


async def test_a_run_of_long_ago_that_is_replayed_is_seen(stage: Typed) -> None:
    run = await stage.failed()
    following = Following(stage.database)
    day_after = World().now() + 86_400
    assert await following.look(now=day_after) == []
    await stage.database.runs.update_one({"_id": run.id}, {"$set": {"state": "pending", "epoch": 1}})
    assert [one.run.state for one in await following.look(now=day_after)] == [State.PENDING]
    await stage.database.runs.update_one({"_id": run.id}, {"$set": {"state": "failed"}})
    assert [(one.was, one.run.state) for one in await following.look(now=day_after)] == [(State.PENDING, State.FAILED)]
    assert await following.look(now=day_after) == []


async def test_json_is_one_document(stage: Typed) -> None:
    await stage.accepted()
    said = await stage("runs", "list", "--json")
    assert len(json.loads(said.stdout)) == 1
    assert said.stderr == ""
