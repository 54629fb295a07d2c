"""What a limit is, and what is answered to whoever asks whether it still leaves room."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from shared.errors import DependencyDown


class Away(Enum):
    """What holds of a limit while Redis does not answer."""

    OPEN = "open"
    """Everything passes, uncounted: for what harms nobody, and must work in an outage."""
    CLOSED = "closed"
    """Nothing passes (DependencyDown): for what must never happen uncounted, and can wait."""
    LOCAL = "local"
    """Each process counts for itself, and allows half as much: for what must go on, though not without measure."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `requests` in any `seconds`. The name keeps its counts apart from other limits' and is told to callers.

    Whoever spreads requests as badly as possible gets a little more through a sliding window, which takes the window
    before it as evenly used.
    """

    name: str
    requests: int
    seconds: int
    away: Away


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one request may pass. It is counted if it may, and not if it may not."""

    limit: Limit
    allowed: bool
    remaining: int | None = None
    """How many more could pass now; None when nobody has counted."""
    reset: int = 0
    """Seconds until there is more room than now."""
    retry_after: int = 0
    """Seconds until a refused request is worth repeating; 0 when it may pass."""
    away: DependencyDown | None = None
    """Why Redis was not asked or did not answer."""
    counted_at: str = ""
    """Where it is counted, for `give_back`."""


class RateLimits(Protocol):
    async def ask(self, limit: Limit, who: str, *, away: DependencyDown | None = None) -> Decision:
        """Count one request of `who`. With `away`, from a decision just made, Redis is not asked again."""
        ...

    async def give_back(self, decision: Decision) -> None:
        """Uncount a request that passed and then came to nothing. What can't be given back is not."""
        ...
