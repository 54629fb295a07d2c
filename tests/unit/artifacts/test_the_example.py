"""What docs/adding-a-job.md has its reader write down is what the build will ask for."""

import re
import shutil
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from infra.artifacts.reach import Tree
from tests.integration.example.page import ROOT, files, text

_NAMED: Final = re.compile(r"^`functions/\w+/requirements\.txt`\n\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_requirements_of_the_page_are_those_of_its_job(tmp_path: Path) -> None:
    (tmp_path / "shared").symlink_to(ROOT / "shared")
    shutil.copytree(
        ROOT / "functions", tmp_path / "functions", ignore=shutil.ignore_patterns("templates", "__pycache__")
    )
    for name, content in files().items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, "utf-8")
    [named] = _NAMED.findall(text())
    reached, holders = Tree(tmp_path).reached("functions.report_usage.handler"), packages_distributions()
    imported = {holder for one in reached.imports for holder in holders[one.partition(".")[0]]}
    assert named.split() == sorted(map(canonicalize_name, imported))
