"""Artifacts that this machine can run, and the Python to run them under: the deployed one, where it is installed, with
what is deployed for this machine's kind of processor; else the Python at hand, and the same code and requirements built
for that.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.artifacts import ARTIFACTS, Target, build, pythons
from infra.artifacts.target import PYTHON, architecture_here
from infra.local.lambda_host.runtime import Runtime, runtime_of
from infra.local.processes import ROOT


@dataclass(frozen=True, slots=True)
class Built:
    folder: Path
    """Of each function's NAME.zip."""
    python: Path
    """What they were built for."""
    runtime: Runtime
    """The same with AWS's runtime client: made here, so that a stack's start need not wait for it."""


def built_for_this_machine(say: Callable[[str], None]) -> Built:
    """Build every function that is not built yet, or has changed. Raises CannotBuild and NoRuntime."""
    target, python = target_for_this_machine()
    folder = ROOT / ARTIFACTS / target.name
    build(None, target, out=folder, say=say)
    runtime = runtime_of(python)
    say(f"each runs alone, under Python {runtime.version} ({target.name})")
    return Built(folder, python, runtime)


def target_for_this_machine() -> tuple[Target, Path]:
    """What to build for, and the Python that it runs under."""
    architecture, deployed = architecture_here(), pythons.find(PYTHON)
    if architecture and deployed:
        return Target.deployed(architecture), deployed
    return Target.here(), Path(sys.executable)
