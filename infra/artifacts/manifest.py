"""What lies in a folder of artifacts: manifest.json, whole or as it was before.

    {"target": {"name": "arm64", "python": "3.13.0", "deployed": true}, "functions": {NAME: {"digest": .., ..}}}

A line is written when its zip is in place, and a zip that is not the one of its line (half a copy, another builder's)
counts as none.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from infra.artifacts.identity import of_file
from infra.artifacts.target import Target

NAME: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """One function's zip. Sizes in bytes."""

    name: str
    path: Path
    digest: str
    """SHA-256 of the zip."""
    zipped: int
    unzipped: int
    inputs: str
    """Digest of what it is made of (identity.py)."""
    distributions: Mapping[str, str]
    """Versions."""


def read(folder: Path) -> Mapping[str, Artifact]:
    """Those whose zip is the one that was written; a manifest that can't be read names none."""
    try:
        lines = json.loads((folder / NAME).read_text("utf-8"))["functions"]
        found = {name: Artifact(name, folder / f"{name}.zip", **line) for name, line in lines.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return {name: one for name, one in found.items() if one.path.is_file() and of_file(one.path) == one.digest}


def write(folder: Path, target: Target, version: str, artifacts: Mapping[str, Artifact]) -> None:
    about = {"name": target.name, "python": version, "deployed": target.is_deployed}
    lines = {name: _line(artifacts[name]) for name in sorted(artifacts)}
    fresh = folder / f"{NAME}.new"
    fresh.write_text(json.dumps({"target": about, "functions": lines}, indent=2) + "\n", "utf-8")
    fresh.replace(folder / NAME)


def _line(artifact: Artifact) -> dict[str, Any]:
    return {name: value for name, value in asdict(artifact).items() if name not in {"name", "path"}}
