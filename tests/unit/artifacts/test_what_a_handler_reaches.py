"""The files that an artifact holds are those that its handler can come to need, and no others."""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from infra.artifacts import CannotBuild
from infra.artifacts.reach import Reached, Tree
from infra.artifacts.said import NAMES, ROOT_CLASS

ROOT: Final = Path(__file__).parents[3]
HANDLER: Final = "functions/mow/handler.py"

Reach = Callable[[Mapping[str, str]], Reached]


@pytest.fixture
def reach(tmp_path: Path) -> Reach:
    """What functions/mow/handler.py reaches in a tree of these files."""

    def reached(files: Mapping[str, str]) -> Reached:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Tree(tmp_path).reached("functions.mow.handler")

    return reached


def names(reached: Reached) -> set[str]:
    return {path.as_posix() for path in reached.files}


def test_an_import_within_a_function_counts_and_one_for_types_does_not(reach: Reach) -> None:
    found = reach(
        {
            HANDLER: "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    import shared.types\nelse:\n    import shared.real\n"
            "def mow():\n    from shared import late\n",
            "shared/types.py": "",
            "shared/real.py": "",
            "shared/late.py": "",
        }
    )
    assert names(found) == {HANDLER, "shared/real.py", "shared/late.py"}


def test_a_module_brings_the_packages_that_it_lies_in_and_what_those_import(reach: Reach) -> None:
    found = reach(
        {
            HANDLER: "from shared.garden.lawn import Lawn",
            "shared/garden/__init__.py": "import shared.soil",
            "shared/garden/lawn.py": "class Lawn: ...",
            "shared/garden/shed.py": "",
            "shared/soil.py": "",
        }
    )
    assert names(found) == {HANDLER, "shared/garden/__init__.py", "shared/garden/lawn.py", "shared/soil.py"}


def test_a_package_that_is_started_by_its_name_is_reached_with_its_main(reach: Reach) -> None:
    found = reach(
        {
            HANDLER: "MODULE = 'functions.mow.engine'\nNO_MODULE = 'functions.mow.wheel'",
            "functions/mow/engine/__init__.py": "",
            "functions/mow/engine/__main__.py": "import shared.fuel",
            "shared/fuel.py": "",
        }
    )
    assert names(found) == {
        HANDLER,
        "functions/mow/engine/__init__.py",
        "functions/mow/engine/__main__.py",
        "shared/fuel.py",
    }


def test_with_the_registry_comes_every_contract_and_nothing_else_of_its_function(reach: Reach) -> None:
    found = reach(
        {
            HANDLER: "import functions.registry",
            "functions/registry.py": "",
            "functions/rake/contract.py": "import shared.leaves",
            "functions/rake/handler.py": "",
            "shared/leaves.py": "",
        }
    )
    assert names(found) == {HANDLER, "functions/registry.py", "functions/rake/contract.py", "shared/leaves.py"}


PROCESS: Final = """
import shared.always
class Process:
    def __init__(self):
        import shared.begun
    def mower(self):
        import shared.mower
        return self.fuel
    def fuel(self):
        import shared.fuel
    def rain(self):
        import shared.rain
"""


@pytest.mark.parametrize(
    ("handler", "parts"),
    [
        ("import shared.process", set()),
        ("import shared.process\ndef wire(process): process.mower", {"mower", "fuel"}),
        ("import shared.process\nclass Door:\n  def wire(self): self._process.rain", {"rain"}),
        ("import shared.process\nimport re\nre.rain", set()),
    ],
)
def test_a_part_of_the_process_counts_where_what_is_reached_uses_it(
    reach: Reach, handler: str, parts: set[str]
) -> None:
    modules = {f"shared/{name}.py": "" for name in ("always", "begun", "mower", "fuel", "rain")}
    found = reach({HANDLER: handler, "shared/process.py": PROCESS, **modules})
    expected = {"process", "always", "begun", *parts}
    assert names(found) == {HANDLER, *(f"shared/{name}.py" for name in expected)}


def test_what_is_neither_ours_nor_pythons_nor_the_runtimes_is_told_by_its_whole_name(reach: Reach) -> None:
    found = reach({HANDLER: "import os.path, snapshot_restore_py\nimport lxml.etree\nfrom bson import json_util"})
    assert found.imports == {"lxml.etree", "bson", "bson.json_util"}


@pytest.mark.parametrize(
    ("text", "told"), [("from . import contract", "a relative import"), ("def mow(:", "is no Python")]
)
def test_what_it_can_not_follow_is_refused_with_its_line(reach: Reach, text: str, told: str) -> None:
    with pytest.raises(CannotBuild, match=rf"handler\.py, line 1.*{told}"):
        reach({HANDLER: text})


def test_every_process_is_called_process() -> None:
    """That its parts are counted by name depends on it (infra/artifacts/said.py)."""
    annotated = {
        argument.arg
        for folder in ("functions", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if path != ROOT / "shared/worker/process.py"  # asyncio's
        for argument in _arguments(path)
        if argument.annotation is not None and ROOT_CLASS in _words(argument.annotation)
    }
    assert annotated
    assert annotated <= NAMES


def _arguments(path: Path) -> Iterator[ast.arg]:
    return (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.arg))


def _words(annotation: ast.expr) -> set[str]:
    """`Process | None`, `"Process"`; but not what a callable takes."""
    if isinstance(annotation, ast.BinOp):
        return _words(annotation.left) | _words(annotation.right)
    return {annotation.id} if isinstance(annotation, ast.Name) else {str(getattr(annotation, "value", ""))}
