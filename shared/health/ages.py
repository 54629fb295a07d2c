"""How long what waits may wait, before it is a sign that something does not work."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from shared.health.model import Backlog, Look, Status

PENDING_TOO_LONG: Final = timedelta(minutes=20)
"""Three turns of the relay, which hands over at each what is due."""
RETRYING_TOO_LONG: Final = timedelta(hours=6)
"""Whatever it waits for has been away for as long; a shorter outage has told of itself as a dependency."""
STUCK_TOO_LONG: Final = timedelta(minutes=20)
"""The relay looks five minutes after the lease, and revives."""
UNINDEXED_TOO_LONG: Final = timedelta(minutes=30)
"""Three turns of the index's cron."""
UNCERTAIN_TOO_LONG: Final = timedelta(days=1)
"""Somebody could have decided."""
ERASING_TOO_LONG: Final = timedelta(days=1)
"""It waits for the index, whose turns are minutes apart, and for work that ends within hours."""

TOO_LONG: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "pending": PENDING_TOO_LONG,
        "retrying": RETRYING_TOO_LONG,
        "stuck": STUCK_TOO_LONG,
        "unindexed": UNINDEXED_TOO_LONG,
        "uncertain": UNCERTAIN_TOO_LONG,
        "erasing": ERASING_TOO_LONG,
    }
)
"""By backlog; the age of any other is for information."""


def looks(backlogs: Mapping[str, Backlog], *, at: int, time_scale: float) -> Mapping[str, Look]:
    """Each backlog whose age is judged, as a part: degraded where the oldest has waited for too long."""
    return {name: _look(backlogs[name], at, limit / time_scale) for name, limit in TOO_LONG.items()}


def _look(backlog: Backlog, at: int, limit: timedelta) -> Look:
    waited = timedelta(milliseconds=backlog.waited(at))
    if waited <= limit:
        return Look(Status.HEALTHY)
    return Look(Status.DEGRADED, f"the oldest of {backlog.count} has waited for {spelt(waited)}")


def spelt(time: timedelta) -> str:
    """In the largest unit of which it has two, for people: `95 s`, `22 min`, `30 h`, `3 days`."""
    seconds = int(time.total_seconds())
    for unit, name in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"
