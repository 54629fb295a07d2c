"""A module is imported without its package's `__init__`, which runs when something of it is asked for."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.lone import lone

INIT = """
from lonely.whole import Whole
key = "the environment's"
_made = "the package's"
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "lonely"
    folder.mkdir()
    (folder / "__init__.py").write_text(INIT, "utf-8")
    (folder / "part.py").write_text("import lonely\ndef told(): return lonely.key, lonely._made\n", "utf-8")
    (folder / "whole.py").write_text("class Whole: pass\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "lonely"]:
        del sys.modules[name]


def part() -> Any:
    return importlib.import_module("lonely.part")


def test_a_part_is_there_without_the_whole(package: Path) -> None:
    lone("lonely", _made=None)
    sys.modules["lonely"].key = "ours"  # type: ignore[attr-defined] # as one sets an SDK's
    assert part().told() == ("ours", None)
    assert "lonely.whole" not in sys.modules


def test_the_first_use_of_what_the_package_defines_brings_the_whole_of_it(package: Path) -> None:
    lone("lonely", _made=None)
    assert part().told() == ("the environment's", "the package's")
    assert isinstance(sys.modules["lonely"].Whole(), sys.modules["lonely.whole"].Whole)


def test_what_was_set_before_the_package_came_is_set_after_it_too(package: Path) -> None:
    """A mail would go out by another account's key."""
    lone("lonely", _made=None)
    sys.modules["lonely"].key = "ours"  # type: ignore[attr-defined] # as one sets an SDK's
    assert sys.modules["lonely"].Whole
    assert part().told() == ("ours", "the package's")


def test_a_name_that_is_nowhere_is_said_to_be_missing(package: Path) -> None:
    lone("lonely")
    for name in ("nothing", "__version__"):
        with pytest.raises(AttributeError, match=name):
            getattr(sys.modules["lonely"], name)


@pytest.mark.parametrize("name", ["lonely", "not_installed"])
def test_a_package_that_is_imported_already_or_not_there_is_let_be(package: Path, name: str) -> None:
    there = importlib.import_module("lonely")
    lone(name, _made="another's")
    assert sys.modules["lonely"] is there
    assert part().told() == ("the environment's", "the package's")
