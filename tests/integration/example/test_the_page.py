"""The code of the pages keeps the rules of the house, and the lines of docs/adding-a-job.md find their places."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.example.page import PAGE, ROOT, added, files, lines


@pytest.mark.parametrize("page", [PAGE, ROOT / "docs" / "changing.md"], ids=lambda page: page.stem)
@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_the_code_of_the_page_passes_the_linter(tmp_path: Path, page: Path, command: list[str]) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, content in files(page).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    (tmp_path / "functions" / "__init__.py").touch()
    ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "functions"]
    told = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_lines_are_only_added() -> None:
    before = (ROOT / "serverless.yml").read_text("utf-8").splitlines()
    after = iter(added("\n".join(before), lines()).splitlines())
    assert all(line in after for line in before), "a line is gone, or not where it was"


def test_a_key_is_put_under_its_own_parent() -> None:
    document = "a:\n  x:\n    one: 1\nb:\n  x:\n    two: 2\n"
    assert added(document, "b:\n  x:\n    new: 3\n  y: 4\n") == (
        "a:\n  x:\n    one: 1\nb:\n  y: 4\n  x:\n    new: 3\n    two: 2\n"
    )
