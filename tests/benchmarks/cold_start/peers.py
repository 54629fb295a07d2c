"""What the functions are measured beside: a bare handler, and the usual one, as packaged and compiled.

The usual one is packaged by osls and serverless-python-requirements (usual/serverless.yml), installed from its own
lock. Without npm it is made of the same requirements by uv.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

from uv import find_uv_bin

HERE: Final = Path(__file__).parent
PLACE: Final = HERE.parents[2] / ".local" / "benchmarks" / "usual"
LIMIT: Final = 900.0
"""Seconds for one command."""


@dataclass(frozen=True, slots=True)
class Usual:
    zip: Path
    how: str
    """What packaged it."""


def bare(folder: Path) -> Path:
    shutil.copytree(HERE / "bare", folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def usual(python: Path, say: Callable[[str], None]) -> Usual:
    """Package it, if that has not been done since its files have changed."""
    npm = shutil.which("npm")
    how = "serverless-python-requirements" if npm else "uv and zip, as there is no npm here"
    made, stamp = PLACE / ".serverless" / "usual.zip", PLACE / "made-of"
    wanted = f"{how}\n{python}\n" + "".join(path.read_text("utf-8") for path in _sources())
    if made.is_file() and stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return Usual(made, how)
    say(f"the usual handler is packaged by {how}")
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for path in _sources():
        shutil.copy(path, PLACE)
    if npm:
        _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        _run("node_modules/.bin/osls", "package", PYTHON=str(python))
    else:
        _by_uv(python, made)
    stamp.write_text(wanted, "utf-8")
    return Usual(made, how)


def compiled(folder: Path, python: Path) -> Path:
    """The same folder with bytecode that Python takes: what is in the zip has the times of another installation."""
    for cache in [*folder.rglob("__pycache__")]:
        shutil.rmtree(cache)
    how = ("-q", "-j", "0", "--invalidation-mode", "unchecked-hash")
    subprocess.run([python, "-m", "compileall", *how, folder], check=True, timeout=LIMIT)
    return folder


def _sources() -> list[Path]:
    return sorted(path for path in (HERE / "usual").iterdir() if path.is_file())


def _by_uv(python: Path, made: Path) -> None:
    site = PLACE / "site"
    how = ("--system-certs", "--no-config", "--quiet", "--require-hashes")
    _run(
        find_uv_bin(), "pip", "install", *how, "--python", str(python), "--target", str(site), "-r", "requirements.txt"
    )
    shutil.copy(PLACE / "handler.py", site)
    made.parent.mkdir()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for path in sorted(site.rglob("*")):
            archive.write(path, path.relative_to(site))


def _run(*command: str, **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd=PLACE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
