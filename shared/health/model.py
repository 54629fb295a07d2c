"""What is known of a deployment's health. Times are milliseconds since the epoch, latencies milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Listed from the best to the worst."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    DOWN = "down"


BADNESS: Final[Mapping[Status, int]] = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Look:
    """What one turn found of one part: healthy, degraded (it answers, and slowly), or down (it does not)."""

    found: Status
    why: str = ""
    latency: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A dependency, the relay, or a backlog's age, as it was judged."""

    status: Status
    since: int
    why: str = ""
    """Empty where it is healthy."""
    latency: int | None = None
    """The last turn's."""
    found: Status = Status.HEALTHY
    """What the last turn found, which alone changes nothing."""
    found_at: int = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for something."""

    count: int
    oldest: int | None
    """Since when the one that has waited longest; None where nothing waits."""

    def waited(self, at: int) -> int:
        """How long that is at the time `at`."""
        return 0 if self.oldest is None else at - self.oldest


@dataclass(frozen=True, slots=True)
class Health:
    status: Status
    since: int
    why: tuple[str, ...]
    parts: Mapping[str, Part]
    backlogs: Mapping[str, Backlog]
    """As the last turn counted them."""
    checked_at: int
    turn: str = ""
    """The token of the turn that wrote it: the next one replaces no other's."""
