"""Digests by which a build knows that nothing has changed: of its own code, and of all that an artifact is made of."""

import json
import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra.artifacts.contents import Contents
from infra.artifacts.target import Target


def of(*parts: Any) -> str:
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def of_builder(target: Target, version: str) -> str:
    """How things are built: by which code and which zlib, for what, by which Python."""
    code = {path.name: of_file(path) for path in Path(__file__).parent.glob("*.py")}
    return of(code, zlib.ZLIB_RUNTIME_VERSION, target.name, dict(target.markers), version)


def of_inputs(contents: Contents, root: Path, lock: Mapping[str, str], builder: str) -> str:
    """Of every byte that an artifact is made of."""
    files = {path.as_posix(): of_file(root / path) for path in (*contents.sources, *contents.data)}
    return of(builder, files, {one.name: lock[one.name] for one in contents.distributions})


def of_file(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
