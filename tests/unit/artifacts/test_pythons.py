"""The Python that compiles is the one that is deployed, found by asking; without it there is no build."""

from pathlib import Path

import pytest

from infra.artifacts import CannotBuild, pythons


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no Python but this one, and folders where one may be put."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path / "uv"))
    return tmp_path


def put(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_a_shim_that_fails_is_passed_over_for_one_that_answers(bare: Path) -> None:
    put(bare / "bin/python9.1", "exit 127")
    good = put(bare / "pyenv/versions/9.1.4/bin/python9.1", "echo CPython 9 1 4")
    assert pythons.find("9.1") == good
    assert pythons.full(good) == "9.1.4"


@pytest.mark.parametrize("says", ["CPython 9 10 0", "PyPy 9 1 0", ""])
def test_one_that_is_another_than_its_name_says_is_not_taken(bare: Path, says: str) -> None:
    put(bare / "uv/cpython-9.1.0-linux/bin/python9.1", f"echo {says}")
    assert pythons.find("9.1") is None


@pytest.mark.usefixtures("bare")
def test_a_machine_without_it_is_told_how_to_come_by_one() -> None:
    with pytest.raises(CannotBuild, match=r"needs Python 9\.1.*`uv python install 9\.1`.*build --here"):
        pythons.needed("9.1")
