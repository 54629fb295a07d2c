"""A folder of state for each stack that runs: the second `make dev` gets the second folder, and keeps it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path


@contextmanager
def own_folder(parent: Path, name: str) -> Iterator[Path]:
    """The first of `name`, `name-2`, .. that no running stack holds. The lock ends with the process."""
    for number in count(1):
        folder = parent / (name if number == 1 else f"{name}-{number}")
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder
            return
