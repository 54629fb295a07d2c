"""What goes into the Lambdas: the packages that requirements.txt locks, and what of them an import pulls in."""

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]
OURS: Final = frozenset({"functions", "shared"})

_LOCKED: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*])?==([^\s;\\]+)", re.MULTILINE)

_IMPORT: Final = """
import importlib, json, sys

class OnlyWhatShips:
    def __init__(self, absent):
        self.absent = absent
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.absent:
            raise ModuleNotFoundError(f"{name} is not in requirements.txt", name=name)

module, absent = json.load(sys.stdin)
sys.path.insert(0, "")
sys.meta_path.insert(0, OnlyWhatShips(set(absent)))
importlib.import_module(module)
print(json.dumps(sorted(sys.modules)))
"""


def canonical(name: str) -> str:
    """A distribution's name as it is compared: https://packaging.python.org/en/latest/specifications/name-normalization"""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def locked() -> dict[str, str]:
    """Every package of requirements.txt and its version."""
    text = (ROOT / "requirements.txt").read_text("utf-8")
    return {canonical(name): version for name, version in _LOCKED.findall(text)}


@cache
def not_shipped() -> frozenset[str]:
    """The top-level modules that are installed here and would not be in a Lambda."""
    shipped = locked()
    return frozenset(
        module
        for module, distributions in packages_distributions().items()
        if not any(canonical(name) in shipped for name in distributions)
    )


@cache
def imported_by(module: str) -> frozenset[str]:
    """All modules in memory after importing `module` in a fresh process, where nothing is that does not ship."""
    asked = json.dumps([module, sorted(not_shipped())])
    done = subprocess.run(
        [sys.executable, "-I", "-c", _IMPORT], input=asked, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, f"importing {module} failed:\n{done.stderr}"
    return frozenset(json.loads(done.stdout))


def among(names: frozenset[str] | set[str], modules: frozenset[str]) -> set[str]:
    """Which of `names` are in memory, as modules or as packages with something below them."""
    return {name for name in names if name in modules or any(one.startswith(f"{name}.") for one in modules)}


def third_party(modules: frozenset[str]) -> set[str]:
    """The top-level packages that are neither Python's own nor ours."""
    tops = {name.partition(".")[0] for name in modules}
    tops -= {"sitecustomize", "usercustomize"}  # the machine's: Python itself imports them, and Debian ships one
    return {name for name in tops - OURS if name not in sys.stdlib_module_names and not name.startswith("_")}
