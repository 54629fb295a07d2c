"""Bytecode beside its source, by the Python that will run it: a cold start compiles nothing.

It is of the kind `unchecked-hash` (PEP 552): it holds no time, and is never compared to its source, which stays for
tracebacks alone. It names files as they lie in Lambda.
"""

import os
import subprocess
from pathlib import Path
from typing import Final

from infra.artifacts.errors import CannotBuild

TASK: Final = "/var/task"
"""Where Lambda unpacks an artifact."""


def compile_all(folder: Path, python: Path) -> None:
    """Whatever bytecode is there already, of another kind, goes. Raises CannotBuild for what is not of this Python."""
    folder = folder.resolve()  # what is stripped from the names has to be how they begin
    command: list[str | Path] = [
        *(python, "-IS", "-m", "compileall", "-f", "-q", "-j", str(os.cpu_count() or 1)),
        *("--invalidation-mode", "unchecked-hash", "-s", folder, "-p", TASK, folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBuild(f"it does not compile: {' '.join((done.stdout + done.stderr).split())}")
