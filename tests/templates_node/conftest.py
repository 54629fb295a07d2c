"""Fresh copies of the templates in which Node compiles; only the suite that has Node runs these."""

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from infra.templates import TEMPLATES, compile_templates

MADE = ("node_modules", "compiled", "generated", "previews")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources alone, copied elsewhere, with their packages installed anew, and compiled."""
    root = tmp_path_factory.mktemp("elsewhere") / "mails"
    copytree(TEMPLATES, root, ignore=ignore_patterns(*MADE))
    compile_templates(root)
    return root


@pytest.fixture
def sources(compiled: Path, tmp_path: Path) -> Path:
    """Another copy of the sources, which a test may break; it shares the installed packages."""
    root = copytree(compiled, tmp_path / "mails", ignore=ignore_patterns(*MADE))
    (root / "node_modules").symlink_to(compiled / "node_modules")
    return root
