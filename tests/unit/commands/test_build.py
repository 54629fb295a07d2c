"""`build` says on stdout what stands, and by its exit code whether it may be shipped."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.__main__ import app
from infra.artifacts import Artifact, CannotBuild, Target
from infra.commands import build

RUNNER = CliRunner()
ARTIFACT = Artifact("greet", Path("greet.zip"), "a" * 64, 1_250_000, 4_000_000, "b" * 64, {"idna": "3"})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Target, Path]]:
    """What the command has asked the builder for, which has built `greet`."""
    calls: list[tuple[Any, Target, Path]] = []

    def built(names: Any, target: Target, *, out: Path, say: Any) -> Mapping[str, Artifact]:
        calls.append((names, target, out))
        return {"greet": ARTIFACT}

    monkeypatch.setattr(build, "build_artifacts", built)
    return calls


def test_it_is_for_what_is_deployed_unless_it_is_to_be_tried_here(asked: list[tuple[Any, Target, Path]]) -> None:
    for arguments in ([], ["greet", "--architecture", "x86_64"], ["--here"]):
        assert RUNNER.invoke(app, ["build", *arguments]).exit_code == 0
    assert [(names, target.name, target.is_deployed, out.name) for names, target, out in asked] == [
        (None, "arm64", True, "arm64"),
        (["greet"], "x86_64", True, "x86_64"),
        (None, "here", False, "here"),
    ]


@pytest.mark.usefixtures("asked")
def test_it_prints_a_table_or_json() -> None:
    assert RUNNER.invoke(app, ["build"]).stdout.split()[-4:] == ["greet", "1.2", "4.0", "a" * 12]
    [told] = json.loads(RUNNER.invoke(app, ["build", "--json"]).stdout)
    assert (told["name"], told["path"], told["distributions"]) == ("greet", "greet.zip", {"idna": "3"})


def test_what_can_not_be_built_is_exit_code_1_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise CannotBuild("this needs Python 3.13")

    monkeypatch.setattr(build, "build_artifacts", refused)
    ended = RUNNER.invoke(app, ["build"])
    assert (ended.exit_code, ended.stdout, ended.stderr) == (1, "", "this needs Python 3.13\n")


@pytest.mark.usefixtures("asked")
def test_an_architecture_that_aws_does_not_have_is_exit_code_2() -> None:
    assert RUNNER.invoke(app, ["build", "--architecture", "sparc"]).exit_code == 2
