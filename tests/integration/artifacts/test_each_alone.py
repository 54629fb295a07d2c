"""Each artifact is enough for its function, and holds nothing that it does not need."""

import json
import os
import subprocess
from importlib.metadata import Distribution, packages_distributions
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.artifacts import Target, manifest
from infra.artifacts.declared import functions
from infra.artifacts.reach import Tree
from infra.local.built import Built
from infra.local.lambda_host.unpacking import unpack

ROOT: Final = Path(__file__).parents[3]
FUNCTIONS: Final = functions(ROOT)
ALONE: Final = Path(__file__).with_name("alone.py")
SHORT: Final = ("api", "analyze_document", "generate_pdf", "send_email")
"""Together they hold every distribution that any function does."""

pytestmark = [pytest.mark.xdist_group("from artifacts"), pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(ROOT)


@pytest.mark.parametrize("name", FUNCTIONS if os.environ.get("MILLRACE_SOAK") else SHORT)
def test_in_an_interpreter_that_sees_nothing_else_all_of_it_is_imported(
    name: str, built: Built, tree: Tree, tmp_path: Path
) -> None:
    """Every module of ours, and whatever any line of them imports."""
    reached = tree.reached(FUNCTIONS[name].module)
    unpack(built.folder / f"{name}.zip", tmp_path / "task")
    modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in reached.files]
    asked = {"root": str(tmp_path / "task"), "modules": modules, "names": sorted(reached.imports)}
    done = subprocess.run(
        [built.python, "-IS", ALONE], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == []


def test_those_few_hold_every_distribution(built: Built) -> None:
    """So that what is stripped of one, and missed, is found by the test above."""
    held = {name: set(one.distributions) for name, one in manifest.read(built.folder).items()}
    assert set(held) == set(FUNCTIONS)
    assert set().union(*held.values()) == set().union(*(held[name] for name in SHORT))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_its_code_imports_is_in_it(name: str, built: Built, tree: Tree) -> None:
    with ZipFile(built.folder / f"{name}.zip") as zipped:
        files = set(zipped.namelist())
    modules = {_dotted(file) for file in files}
    reached = tree.reached(FUNCTIONS[name].module)
    assert {one for one in reached.imports if not {one, one.rpartition(".")[0]} & modules} == set()
    assert {path.as_posix() for path in reached.files} <= files


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_distribution_is_imported_by_its_code_or_required_by_one_that_is(
    name: str, built: Built, tree: Tree
) -> None:
    carried = {
        canonicalize_name(one.metadata["Name"]): one
        for one in Distribution.discover(path=[str(built.folder / f"{name}.zip")])
    }
    required = {
        canonicalize_name(asked.name)
        for one in carried.values()
        for asked in map(Requirement, one.requires or ())
        if asked.marker is None or asked.marker.evaluate({**Target.deployed("arm64").markers, "extra": ""})
    }
    holders = packages_distributions()
    imported = {
        canonicalize_name(holder)
        for one in tree.reached(FUNCTIONS[name].module).imports
        for holder in holders[one.partition(".")[0]]
    }
    assert carried.keys() - required - imported == set()


def _dotted(file: str) -> str:
    """Of a zip's file, the module that it is: `lxml/etree.cpython-313-x86_64-linux-gnu.so` is lxml.etree."""
    path = Path(file)
    parts = (*path.parent.parts, path.name.partition(".")[0])
    return ".".join(parts).removesuffix(".__init__")
