"""`demo --artifacts`: which Python it takes, and what it says where it can build nothing."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.__main__ import app
from infra.artifacts import CannotBuild, pythons
from infra.artifacts.target import PYTHON, architecture_here
from infra.local import built
from infra.local.lambda_host.runtime import NoRuntime


def test_what_is_deployed_runs_where_the_deployed_python_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pythons, "find", lambda version: Path("/opt") / version)
    target, python = built.target_for_this_machine()
    assert (target.name, target.is_deployed, python) == (architecture_here(), True, Path("/opt") / PYTHON)


@pytest.mark.parametrize(("system", "libc"), [("Darwin", ("", "")), ("Linux", ("", "")), ("Linux", ("glibc", "2.31"))])
def test_where_what_is_deployed_cannot_run_the_python_at_hand_is_built_for(
    monkeypatch: pytest.MonkeyPatch, system: str, libc: tuple[str, str]
) -> None:
    monkeypatch.setattr(pythons, "find", lambda version: Path("/opt") / version)
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.libc_ver", lambda: libc)
    target, python = built.target_for_this_machine()
    assert (target.name, target.is_deployed, python) == ("here", False, Path(sys.executable))


def test_without_it_the_python_at_hand_is_built_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pythons, "find", lambda _: None)
    target, python = built.target_for_this_machine()
    assert (target.name, target.is_deployed, python) == ("here", False, Path(sys.executable))


@pytest.mark.parametrize("fault", [CannotBuild("api has no zip"), NoRuntime("no Python")])
def test_what_cannot_be_built_is_one_line_and_status_1(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(_: object) -> None:
        raise fault

    monkeypatch.setattr(built, "built_for_this_machine", fail)
    result = CliRunner().invoke(app, ["demo", "--artifacts"])
    assert (result.exit_code, result.stderr) == (1, f"{fault}\n")
