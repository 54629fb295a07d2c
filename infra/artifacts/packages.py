"""The locked distributions as a target carries them: installed once, stripped, compiled, and kept for all functions.

    packages/TARGET/KEY/site        as site-packages: for whoever asks what is in it
    packages/TARGET/KEY/deflated    the same files as they stand in a zip

The key is of the lock, the target, the compiling Python and this code. All is made in a temporary folder, which is
renamed when it is whole; a key that is no longer asked for is deleted.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from uv import find_uv_bin

from infra.artifacts.compiling import compile_all
from infra.artifacts.errors import CannotBuild
from infra.artifacts.stripping import stripped
from infra.artifacts.target import Target
from infra.artifacts.zipping import Deflated

INSTALLING: Final = 900.0
"""Seconds: some 100 MB over a slow line."""


@dataclass(frozen=True, slots=True)
class Distribution:
    name: str
    """Canonical: small letters and dashes."""
    version: str
    requires: Sequence[Requirement]
    files: Mapping[str, Path]
    """What is left of it after stripping, with its bytecode: where it lies deflated, by the names in an artifact."""

    @property
    def modules(self) -> frozenset[str]:
        """What it is imported by: `bson` and `pymongo`."""
        tops = (name.partition("/")[0] for name in self.files if ".dist-info/" not in name)
        return frozenset(top.partition(".")[0] for top in tops) - {"__pycache__"}


def install(folder: Path, lock: Path, target: Target, python: Path) -> None:
    """Make the folder, and delete those that lie beside it, which are of another lock. Raises CannotBuild."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=".") as temporary:
        fresh = Path(temporary, "whole")
        site = fresh / "site"
        _install(lock, site, target)
        for path in _below(site):
            if stripped(path.relative_to(site).as_posix()) and path.name != "RECORD":
                path.unlink()
        compile_all(site, python)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(lambda path: _deflate(path, fresh / "deflated" / path.relative_to(site)), _below(site)):
                pass  # the first fault is raised here
        fresh.replace(folder)
    for other in folder.parent.iterdir():
        if other != folder:
            shutil.rmtree(other)


def distributions(folder: Path, target: Target) -> Mapping[str, Distribution]:
    """By canonical name."""
    found = [_read(path, folder / "deflated", target) for path in (folder / "site").glob("*.dist-info")]
    return {one.name: one for one in found}


def _read(info: Path, deflated: Path, target: Target) -> Distribution:
    metadata = PathDistribution(info)
    names = [str(file) for file in metadata.files or () if not stripped(str(file))]
    return Distribution(
        canonicalize_name(metadata.metadata["Name"]),
        metadata.version,
        [Requirement(text) for text in metadata.requires or ()],
        {name: deflated / name for listed in names for name in _with_bytecode(listed, target)},
    )


def _below(folder: Path) -> Iterable[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _deflate(path: Path, to: Path) -> None:
    Deflated.of(path.read_bytes()).write(to)


def _with_bytecode(name: str, target: Target) -> Iterator[str]:
    yield name
    if name.endswith(".py"):
        yield bytecode(name, target)


def bytecode(name: str, target: Target) -> str:
    """`a/b.py` has `a/__pycache__/b.cpython-313.pyc`."""
    folder, slash, file = name.rpartition("/")
    return f"{folder}{slash}__pycache__/{file.removesuffix('.py')}.{target.tag}.pyc"


def _install(lock: Path, site: Path, target: Target) -> None:
    command = [
        *(find_uv_bin(), "pip", "install", "--quiet", "--system-certs", "--no-config", "--python", sys.executable),
        *("--target", str(site), "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(lock)),
    ]
    if target.wheels:
        command += ["--python-version", target.python, "--python-platform", target.wheels]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALLING)
    except subprocess.TimeoutExpired as late:
        raise CannotBuild(f"the packages were not there after {INSTALLING:.0f} s; what came is kept by uv") from late
    if done.returncode:
        raise CannotBuild(f"the packages of {lock.name} could not be installed: {' '.join(done.stderr.split())}")
