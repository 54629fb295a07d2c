"""What a handler imports, by time: each module's own share, added up by the package that it belongs to.

`python -X importtime` slows an import down and so overstates small modules: it says where to look, not how long a start
takes.
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.cold_start.start import Program

_LINE: Final = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Imports:
    """Milliseconds; `by` package, with Python's own modules as one."""

    total: float
    by: Mapping[str, float]
    modules: int


def imports(program: Program, python: Path) -> Imports:
    """Of its handler's module, in a process of its own."""
    done = subprocess.run(
        [python, "-X", "importtime", "-c", f"import {program.handler.rpartition('.')[0]}"],
        cwd=program.root,
        env={**program.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    own = {name: int(microseconds) / 1000 for microseconds, name in _LINE.findall(done.stderr)}
    by: dict[str, float] = defaultdict(float)
    for name, took in own.items():
        by[_package(name)] += took
    return Imports(sum(own.values()), dict(by), len(own))


def _package(module: str) -> str:
    top = module.partition(".")[0]
    return "Python's own" if top in sys.stdlib_module_names or top.startswith("_") else top
