"""A server process that stands still, all its threads, until it is let go."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from infra.local.processes import Child

PATIENCE: Final = 30.0


@contextmanager
def frozen(child: Child) -> Iterator[None]:
    child.signal(signal.SIGSTOP)
    try:
        ends = time.monotonic() + PATIENCE
        while not _stands_still(child.pid):  # the kernel takes its time
            assert time.monotonic() < ends, f"{child.name} does not stand still"
            time.sleep(0.01)
        yield
    finally:
        child.signal(signal.SIGCONT)


def _stands_still(pid: int) -> bool:
    threads = [(thread / "stat").read_text() for thread in Path(f"/proc/{pid}/task").iterdir()]
    return all(said.rpartition(") ")[2].startswith("T") for said in threads)
