"""Builds artifacts: what has changed, as many at a time as there are cores; the rest is left as it lies.

    lock ──▶ packages of the target, installed once ───┐
    functions/, shared/ ──▶ what each reaches ─────────┼──▶ inputs' digest ──▶ as in the manifest: unchanged
    serverless.yml ──▶ its data ───────────────────────┘           └──▶ bytecode ▸ zip ▸ budget ▸ in place ▸ manifest

A zip is made under another name and renamed when it is whole. Ctrl-C or a fault leaves those that were done, each with
its line in the manifest. A file that is edited meanwhile is not the one of the digest, so it is built the next time.
One build at a time works on a target; a second one waits for it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra.artifacts import identity, manifest, packages, pythons, zipping
from infra.artifacts.budgets import demand_within, in_mb
from infra.artifacts.compiling import compile_all
from infra.artifacts.contents import Contents, contents_of
from infra.artifacts.declared import Function, functions
from infra.artifacts.errors import CannotBuild
from infra.artifacts.lock import locked
from infra.artifacts.manifest import Artifact
from infra.artifacts.reach import Tree
from infra.artifacts.target import Target

ROOT: Final = Path(__file__).parents[2]
LOCK: Final = "requirements.txt"
ARTIFACTS: Final = Path(".local/artifacts")
"""Of a project, a folder for each target."""
PACKAGES: Final = ARTIFACTS / "packages"
HALF: Final = ".half-"
"""What begins the name of the folder that a build works in; one that was killed leaves it to the next."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every function of one build is made with."""

    root: Path
    out: Path
    target: Target
    python: Path
    version: str
    """Of that Python, whole."""


def build(
    names: Sequence[str] | None, target: Target, *, out: Path, say: Say, root: Path = ROOT
) -> Mapping[str, Artifact]:
    """The artifacts of these functions (None: of all), each `out/NAME.zip`. Raises CannotBuild."""
    python = pythons.needed(target.python)
    bench = Bench(root, out, target, python, pythons.full(python) or target.python)
    chosen = _chosen(functions(root), names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _alone(root / PACKAGES / f"{target.name}.lock", say):
            return _built(chosen, bench, say)
    except OSError as fault:  # a full disk, a file that may not be read
        raise CannotBuild(f"what was not done yet is not built: {fault}") from fault


def _built(chosen: Sequence[Function], bench: Bench, say: Say) -> Mapping[str, Artifact]:
    plans, inputs = _planned(chosen, bench, say)
    lines = dict(manifest.read(bench.out))
    changed = [one for one in plans if one.name not in lines or lines[one.name].inputs != inputs[one.name]]
    for one in plans:
        if one not in changed:
            say(f"{one.name}: unchanged")
    for artifact in _made(changed, inputs, bench):
        lines[artifact.name] = artifact
        manifest.write(bench.out, bench.target, bench.version, lines)
        say(f"{artifact.name}: {in_mb(artifact.zipped)} MB zipped, {in_mb(artifact.unzipped)} MB unzipped")
    return {one.name: lines[one.name] for one in plans}


def _chosen(known: Mapping[str, Function], names: Sequence[str] | None) -> Sequence[Function]:
    if unknown := [name for name in names or () if name not in known]:
        raise CannotBuild(f"there is no function {unknown[0]!r}; known: {', '.join(known)}")
    return [function for name, function in known.items() if names is None or name in names]


def _planned(chosen: Sequence[Function], bench: Bench, say: Say) -> tuple[Sequence[Contents], Mapping[str, str]]:
    """What each holds, and the digest of what it is made of."""
    target, lock = bench.target, bench.root / LOCK
    builder = identity.of_builder(target, bench.version)
    installed = bench.root / PACKAGES / target.name / identity.of(builder, lock.read_text("utf-8"))[:16]
    if not installed.is_dir():
        say(f"the packages for {target.name} and Python {bench.version}: installed, stripped, compiled")
        packages.install(installed, lock, target, bench.python)
    known, tree = packages.distributions(installed, target), Tree(bench.root)
    plans = [contents_of(function, tree, known, target) for function in chosen]
    blocks = locked(lock, target.markers)
    return plans, {one.name: identity.of_inputs(one, bench.root, blocks, builder) for one in plans}


def _made(changed: Sequence[Contents], inputs: Mapping[str, str], bench: Bench) -> Iterator[Artifact]:
    """Each as it is done."""
    if not changed:
        return
    for killed in bench.out.glob(f"{HALF}*"):
        shutil.rmtree(killed)
    with TemporaryDirectory(dir=bench.out, prefix=HALF) as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        sources = Path(folder)
        for path in {path for one in changed for path in one.sources}:
            (sources / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(bench.root / path, sources / path)
        compile_all(sources, bench.python)
        try:
            made = [pool.submit(_make, one, inputs[one.name], sources, bench) for one in changed]
            for done in as_completed(made):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _make(contents: Contents, inputs: str, sources: Path, bench: Bench) -> Artifact:
    files = contents.files(sources, bench.root, bench.target)
    sizes = {name: file.size for name, file in files.items()}
    path = bench.out / f"{contents.name}.zip"
    fresh = sources / path.name
    zipping.write(files, fresh)
    zipped, digest = fresh.stat().st_size, identity.of_file(fresh)
    demand_within(contents.name, zipped, sizes)
    fresh.replace(path)
    versions = {one.name: one.version for one in contents.distributions}
    return Artifact(contents.name, path, digest, zipped, sum(sizes.values()), inputs, versions)


@contextmanager
def _alone(path: Path, say: Say) -> Iterator[None]:
    """The kernel lets go of the lock when this process ends, however it does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build is at work: waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
