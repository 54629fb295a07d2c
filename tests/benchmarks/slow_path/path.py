"""A slow path as its owner sees it: an address to give to clients, and the dial."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from infra.local import processes
from infra.local.guard import LOOPBACK
from tests.benchmarks.slow_path.dial import Dial


@dataclass(frozen=True, slots=True)
class SlowPath:
    address: str
    dial: Dial


@contextmanager
def slow_path(folder: Path, name: str, upstream: str) -> Iterator[SlowPath]:
    """Leads to `upstream`, a `HOST:PORT`; without delay until the dial is turned."""
    host, _, port = upstream.rpartition(":")
    file = folder / f"{name}.dial"
    dial = Dial(file)
    command = processes.module("tests.benchmarks.slow_path", "--dial", str(file), host, port)
    child = processes.start(name, command, log_dir=folder)
    try:
        yield SlowPath(f"{LOOPBACK}:{child.port}", dial)
    finally:
        child.stop()
