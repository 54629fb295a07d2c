"""Finds a Python of a version on this machine, and asks it: a name on PATH may be a shim that fails.

itself, PATH, uv's own (`uv python install 3.13`), pyenv's (`pyenv install 3.13`)
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from infra.artifacts.errors import CannotBuild

_ASKED: Final = "import platform, sys; print(platform.python_implementation(), *sys.version_info[:3])"
_PATIENCE: Final = 20.0
"""Seconds for an answer."""


def find(version: str) -> Path | None:
    """One that says that it is CPython `version`, as in 3.13."""
    return next((path for path in _candidates(version) if (full(path) or "").startswith(f"{version}.")), None)


def needed(version: str) -> Path:
    """Raises CannotBuild, with what mends it."""
    if (found := find(version)) is None:
        raise CannotBuild(
            f"this needs Python {version}, which is what is deployed and compiles the bytecode; there is none here. "
            f"`uv python install {version}` or `pyenv install {version}` brings one, and so does your system's "
            f"python{version} package. To try an artifact on this machine's Python: build --here"
        )
    return found


def full(path: Path) -> str | None:
    """Its whole version, as in 3.13.0, if it is a CPython that runs."""
    try:
        said = subprocess.run(
            [path, "-I", "-c", _ASKED], capture_output=True, text=True, check=True, timeout=_PATIENCE
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return None
    return ".".join(said[1:]) if said[:1] == ["CPython"] else None


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield Path(sys.executable)
    if on_path := shutil.which(name):
        yield Path(on_path)
    uv = os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local/share/uv/python"
    pyenv = os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv"
    yield from sorted(Path(uv).glob(f"cpython-{version}.*/bin/{name}"), reverse=True)
    yield from sorted(Path(pyenv).glob(f"versions/{version}.*/bin/{name}"), reverse=True)
