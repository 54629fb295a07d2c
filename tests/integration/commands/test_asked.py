"""What every command has in common: the question, the stage, and what is said where something is missing."""

import pytest

from tests.integration.commands.typed import Typed


async def test_who_says_no_is_believed(stage: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.commands.asking.someone_is_there", lambda: True)
    run = await stage.failed()
    said = await stage("runs", "purge", "--status", "failed", answer="n\n")
    assert said.exit_code == 1
    assert "Purge 1 run of local? [y/N]" in said.stderr
    assert said.stderr.endswith("Nothing was changed.\n")
    assert await stage.read(run) == run


async def test_a_missing_variable_is_one_line_that_says_where_it_was_looked_for(
    stage: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STAGE", "MONGODB_URI"):
        monkeypatch.delenv(name)
    said = await stage("--stage", "staging", "keys", "list")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "configuration: MONGODB_URI: Field required "
        "(looked for in the environment, .env.staging and infra/stages/staging.yml)\n"
    )


async def test_the_variables_of_one_stage_are_not_used_for_another(stage: Typed) -> None:
    said = await stage("--stage", "prod", "keys", "list")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr == (
        "the environment is of the stage local (STAGE), and prod was asked for: "
        "start from an environment without the variables of another stage\n"
    )


async def test_a_stage_that_there_is_not_is_exit_code_2(stage: Typed) -> None:
    assert (await stage("--stage", "production", "health")).exit_code == 2


async def test_a_database_that_is_away_is_one_line_and_exit_code_1(
    stage: Typed, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("shared.database.OPERATION", 0.3)
    monkeypatch.setenv("MONGODB_URI", f"mongodb://127.0.0.1:{unused_tcp_port}")
    said = await stage("runs", "list")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.startswith("mongodb: ")
    assert said.stderr.count("\n") == 1
