"""What is deployed: one zip a function, holding what that function reaches, for the platform that runs it.

target.py ─ for what      pythons.py ─ by which Python
reach.py, said.py         which of our files           declared.py   what serverless.yml says of them
closure.py, lock.py       which distributions          packages.py   installed, stripping.py, compiling.py
contents.py               all of one function          identity.py   has anything of it changed
building.py               what has changed is built    zipping.py, budgets.py, manifest.py
"""

from infra.artifacts.building import ARTIFACTS, build
from infra.artifacts.errors import CannotBuild
from infra.artifacts.manifest import Artifact
from infra.artifacts.target import Architecture, Target

__all__ = ["ARTIFACTS", "Architecture", "Artifact", "CannotBuild", "Target", "build"]
