"""How long a model that is away is waited for, and when it is tried again for an analysis that was made without it.

    first try ──▶ again, by the contract's backoff ──▶ PATIENCE is over, or the last try ──▶ given up
                                                                                              │ stored: degraded
    1 h ──▶ 4 h ──▶ 12 h ──▶ 24 h ──▶ daily, to the end of the week ◀─────────────────────────┘
      each a run of its own, with the same patience; the first that reaches the model ends the chain

All times are the store's: the moments at which the run's deliveries were claimed.
"""

import math
from typing import Final

from functions.analyze_document.contract import CONTRACT
from shared.ai import RefusedByModel, TooLong, Unfit
from shared.errors import MillraceError, PermanentError, RetryableError
from shared.runs.model import ATTEMPTS_KEPT, Run

PATIENCE: Final = 600.0
"""Seconds from the first delivery of a leg."""
UNFIT_TRIES: Final = 3
"""Deliveries after which a model that does not keep to the shape is given up: each costs the owner two calls."""

HOUR: Final = 3600.0
UPGRADES: Final = (HOUR, 4 * HOUR, 12 * HOUR, *[24 * HOUR] * 6)
"""The waits before the upgrades; their sum is just under a week."""


def waits(error: MillraceError, run: Run) -> bool:
    """Whether the run is to be delivered again for the model's sake."""
    if isinstance(error, PermanentError) or run.tries >= CONTRACT.tries:
        return False
    if isinstance(error, Unfit) and run.tries >= UNFIT_TRIES:
        return False
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return waited(run) + (asked or 0.0) < PATIENCE


def waited(run: Run) -> float:
    """Seconds from the first to the present delivery of this leg.

    While a breaker is open deliveries cost no try, and may be more than the run's history keeps: that is long enough.
    """
    started = [attempt["started"] for attempt in run.attempts if attempt["leg"] == run.leg]
    return math.inf if len(started) >= ATTEMPTS_KEPT else (started[-1] - started[0]) / 1000


def upgrade_in(upgrade: int, error: MillraceError) -> float | None:
    """Seconds until the upgrade of that number (from 1); None where there is none, or the model will never do it."""
    if isinstance(error, TooLong | RefusedByModel) or upgrade > len(UPGRADES):
        return None
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return max(UPGRADES[upgrade - 1], asked or 0.0)
