"""A breaker's memory, without any waiting: what a process knows of one service.

    closed ──`failures` in a row──▶ open ──its rest is over──▶ half-open ──a probe succeeds──▶ closed
                                     ▲                             │
                                     └──────── the probe fails ────┘

Only a probe leads out of open: calls that were begun before it opened, and end after, change nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

FAILURES: Final = 3
REST: Final = 5.0
LONGEST: Final = 120.0


@dataclass(frozen=True, slots=True)
class Policy:
    failures: int = FAILURES
    """In a row, of one process."""
    rest: float = REST
    """Seconds, for the first opening in a row; twice as long for each further one."""
    longest: float = LONGEST
    """Seconds."""
    jitter: float = 0.2
    """The share by which a rest may be longer, so that many breakers do not ask at the same time."""

    @property
    def most(self) -> float:
        """Seconds that no rest is longer than."""
        return self.longest * (1 + self.jitter)

    def rest_of(self, openings: int, random: Random) -> float:
        doubled = self.rest * 2.0 ** min(openings - 1, 20)
        return float(min(self.longest, doubled) * (1 + self.jitter * random.random()))


class Circuit:
    def __init__(self, policy: Policy, monotonic: Callable[[], float], random: Random) -> None:
        self._policy = policy
        self._monotonic = monotonic
        self._random = random
        self._failures = 0
        self._ends_at: float | None = None
        self.openings = 0
        """In a row: without a success between them."""
        self.probing = False

    @property
    def is_open(self) -> bool:
        """Open or half-open: no call is made but by a probe."""
        return self._ends_at is not None

    @property
    def rest(self) -> float:
        """Seconds that the service is still left alone; 0 when it is closed or may be probed."""
        return 0.0 if self._ends_at is None else max(0.0, self._ends_at - self._monotonic())

    def failed(self) -> bool:
        """A call while it was closed. True when that is one too many."""
        self._failures += 1
        return not self.is_open and self._failures >= self._policy.failures

    def answered(self) -> None:
        """A call while it was closed."""
        self._failures = 0

    def next_rest(self) -> float:
        """What to rest if it opens now."""
        return self._policy.rest_of(self.openings + 1, self._random)

    def open(self, rest: float, openings: int) -> None:
        """Whoever says how long: nobody leaves a service alone for longer than the policy does."""
        self._ends_at = self._monotonic() + min(rest, self._policy.most)
        self.openings = openings

    def close(self) -> None:
        self._ends_at = None
        self._failures = 0
        self.openings = 0
