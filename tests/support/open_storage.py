"""A client of object storage, with no connection left behind."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.breakers import Breaker, LocalBreaker
from shared.clock import World
from shared.config import StorageSettings
from shared.retries import Retries
from shared.storage import Storage
from shared.threads import Threads

LIMITS = tuple(
    f"shared.storage.{limit}" for limit in ("storage.LIMIT", "calls.LIMIT", "reading.LIMIT", "storage.COPYING")
)
"""What holds the seconds that a call may take, for tests that give it fewer or more."""


def be_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of which none is of a slow store: the machine may stand still for seconds."""
    for limit in LIMITS:
        monkeypatch.setattr(limit, 60.0)


@contextmanager
def open_storage(
    settings: StorageSettings,
    *,
    threads: Threads | None = None,
    breaker: Breaker | None = None,
    retries: Retries | None = None,
) -> Iterator[Storage]:
    breaker = breaker or LocalBreaker("storage", time.monotonic)
    made = Storage(settings, threads or Threads(), breaker, World(), retries=retries)
    try:
        yield made
    finally:
        made.close()
