"""`runs replay`, `cancel` and `purge`: shown first, asked, done, and said; refused where nobody can be asked."""

import asyncio
import json
from pathlib import Path

import pytest

from shared.runs.model import Run, State
from tests.integration.commands.typed import Typed


@pytest.mark.parametrize("action", ["replay", "purge"])
async def test_without_a_terminal_it_shows_what_it_would_do_and_does_nothing(stage: Typed, action: str) -> None:
    run = await stage.failed()
    said = await stage("runs", action, "--status", "failed")
    assert (said.exit_code, said.stdout) == (2, "")
    assert run.id in said.stderr
    question = f"{action.capitalize()} 1 run of local? There is no terminal to ask at: add --yes. Nothing was changed."
    assert question in said.stderr
    assert (await stage.read(run), await stage.acts()) == (run, [])


async def test_one_run_is_replayed_and_published_and_who_did_it_is_noted(stage: Typed) -> None:
    run = await stage.failed()
    said = await stage("runs", "replay", run.id, "--yes")
    assert (said.exit_code, said.stdout) == (0, "1 replayed\n")
    assert "relay" not in said.stderr
    assert (await stage.read(run)).message_id
    assert await stage.acts() == [("command line", "run.replay", run.id)]


@pytest.mark.parametrize("unknown", ["JOB_URL_SEND_EMAIL", "FAILURE_CALLBACK_URL"])
async def test_without_the_urls_a_replay_is_left_to_the_relay_and_that_is_said(
    stage: Typed, monkeypatch: pytest.MonkeyPatch, unknown: str
) -> None:
    monkeypatch.delenv(unknown)
    run = await stage.failed()
    said = await stage("runs", "replay", run.id, "--yes")
    assert said.exit_code == 0
    assert "it waits for the relay's next turn" in said.stderr
    assert (await stage.read(run)).state is State.PENDING


async def test_many_are_replayed_by_filter_the_limit_and_no_more(stage: Typed) -> None:
    runs = [await stage.failed() for _ in range(3)]
    other = await stage.failed(code="other")
    words = ("--code", "resend_refused", "--limit", "2", "--rate", "1000", "--yes")
    done = await stage.data("runs", "replay", *words)
    assert [one["outcome"] for one in done] == ["replayed", "replayed"]
    assert {one["run"] for one in done} == {run.id for run in runs[1:]}
    assert [(await stage.read(run)).state for run in (runs[0], other)] == [State.FAILED, State.FAILED]


async def test_the_same_command_goes_on_with_the_rest_until_none_is_left(stage: Typed) -> None:
    for _ in range(3):
        await stage.failed()
    words = ("runs", "purge", "--status", "failed", "--limit", "2", "--yes")
    first = await stage(*words)
    assert [(await stage(*words)).stdout for _ in range(2)] == ["1 purged\n", "no runs to purge\n"]
    assert (first.exit_code, first.stdout) == (0, "2 purged\n")


async def test_a_run_that_failed_after_the_question_was_asked_is_not_acted_on(
    stage: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest come first: it would go in the place of one that was shown."""
    shown = await stage.failed()
    loop = asyncio.get_running_loop()
    later: list[Run] = []

    def agreed(question: str, *, yes: bool) -> None:
        assert (question, yes) == ("Purge 1 run of local?", False)
        later.append(asyncio.run_coroutine_threadsafe(stage.failed(), loop).result())

    monkeypatch.setattr("infra.commands.runs.acting.agreed", agreed)
    done = await stage.data("runs", "purge", "--status", "failed")
    assert [one["run"] for one in done] == [shown.id]
    assert (await stage.read(later[0])).state is State.FAILED


async def test_what_has_not_begun_is_cancelled(stage: Typed) -> None:
    run = await stage.accepted()
    said = await stage("runs", "cancel", "--status", "pending", "--yes")
    assert (said.exit_code, said.stdout) == (0, "1 cancelled\n")
    assert (await stage.read(run)).state is State.CANCELLED


async def test_what_is_refused_is_exit_code_1_with_the_reason(stage: Typed) -> None:
    run = await stage.accepted()
    said = await stage("runs", "replay", run.id, "--yes")
    assert (said.exit_code, said.stdout) == (1, "1 refused\n")
    assert f"{run.id} refused: it " in said.stderr


async def test_a_field_that_a_person_may_not_change_is_refused(stage: Typed, tmp_path: Path) -> None:
    """What may is the contract's to say (tests/integration/runs/test_editing.py)."""
    run = await stage.failed()
    file = tmp_path / "edit.json"
    file.write_text(json.dumps({"mail": {"to": "eve@example.com"}}))
    said = await stage("runs", "replay", run.id, "--payload", str(file), "--yes")
    assert (said.exit_code, said.stdout) == (1, "1 refused\n")
    assert (await stage.read(run)).payload == run.payload


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["one", "--status", "failed"],
        ["--status", "failed", "--payload", "FILE"],
        ["one", "--payload", "missing.json"],
        ["one", "--payload", "NO-JSON"],
        ["one", "--payload", "TOO-DEEP"],
    ],
)
async def test_what_is_asked_wrongly_is_exit_code_2(stage: Typed, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "FILE").write_text("{}")
    (tmp_path / "NO-JSON").write_text("{")
    (tmp_path / "TOO-DEEP").write_text("[" * 200_000)
    given = [str(tmp_path / word) if word in {"FILE", "NO-JSON", "TOO-DEEP"} else word for word in words]
    assert (await stage("runs", "replay", *given, "--yes")).exit_code == 2


async def test_a_run_that_is_not_there_is_exit_code_3(stage: Typed) -> None:
    said = await stage("runs", "purge", "none", "--yes")
    assert (said.exit_code, said.stderr) == (3, "There is no run none.\n")
