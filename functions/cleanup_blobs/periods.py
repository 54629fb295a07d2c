"""How long what nobody names is left alone.

TIME_SCALE divides the periods, but not below what a claim may take: it copies a file to a key that no record names, and
names it within the 29 s in which the API answers, or never.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

from shared.documents.uploads import LATE

GRACE: Final = timedelta(days=1)
WAIT: Final = timedelta(hours=23)
CLAIM: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Periods:
    grace: timedelta = GRACE
    """No object is marked that is younger, no deleted document's files go that was deleted later."""
    wait: timedelta = WAIT
    """From a mark to the sweep. An hour less than a day, so that a daily turn finds the last one's marks due."""
    late: timedelta = LATE
    """From the end of an upload's URL."""

    @classmethod
    def scaled(cls, scale: float) -> Self:
        return cls(max(GRACE / scale, CLAIM), WAIT / scale, LATE / scale)
