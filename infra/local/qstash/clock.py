"""Where the server's time comes from, and how fast its own waits run."""

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Unix time in seconds."""


class SystemClock:
    def now(self) -> float:
        return time.time()


@dataclass(frozen=True, slots=True)
class Scale:
    """Runs QStash's own waits `factor` times faster.

    It divides back-off, retry-delay expressions, delays and not-before, the dedup window and crons. It never
    touches what belongs to somebody else: an answer's `Retry-After`, a delivery's timeout, or a flow control's
    period, which protects a real destination. How long finished messages, events and dead letters are kept is
    not scaled either, so that there is something left to look at.
    """

    factor: float = 1.0

    def wait(self, seconds: float) -> float:
        return seconds / self.factor

    def virtual(self, real: float, origin: float) -> float:
        """What a clock that started at `origin` and runs `factor` times faster shows at `real`."""
        return origin + (real - origin) * self.factor

    def real(self, virtual: float, origin: float) -> float:
        """When the fast clock of `virtual()` shows this time."""
        return origin + (virtual - origin) / self.factor


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
