"""How far a run is, as its job says: written to its record for those who watch, at most once a second.

It is told, not kept: a report that can't be written is left out, and the next one says more. Owner and fence guard it
as they do a settle, so that a worker who has lost the run overwrites nobody's, and one that was cut off while it wrote
can't bring a finished run's progress back: by then the run has no holder.
"""

from dataclasses import dataclass, field
from typing import Final

from shared import deadline
from shared.clock import World
from shared.database import Database, reachable
from shared.errors import RetryableError
from shared.runs.pipeline import NOW, literal
from shared.runs.settle import Holder
from shared.text import cut, one_line

EVERY: Final = 1.0
"""Seconds between two reports of a run; one in between is dropped."""
PATIENCE: Final = 1.0
"""Seconds that the work waits for the store."""
LONGEST: Final = 100
"""Characters of `what`."""
MOST: Final = 2**53 - 1
"""The largest number that a reader of JSON surely gets right."""


@dataclass(slots=True)
class Progress:
    """Of one holder of one run."""

    database: Database
    holder: Holder
    world: World
    _due: float = field(default=float("-inf"), init=False)
    """When the next one may be written, on the monotonic clock."""

    async def tell(self, done: int, total: int | None, what: str) -> None:
        now = self.world.monotonic()
        if now < self._due:
            return
        self._due = now + EVERY
        holder = self.holder
        said = {
            "done": _counted(done),
            "total": None if total is None else _counted(total),
            "what": literal(cut(one_line(what), LONGEST)),
            "at": NOW,
        }
        mine = {"_id": holder.run_id, "holder": holder.token, "fence": holder.fence}
        try:
            with deadline.within(PATIENCE, self.world.monotonic):
                async with reachable():
                    await self.database.runs.update_one(mine, [{"$set": {"progress": said}}])
        except RetryableError:
            return


def _counted(number: int) -> int:
    return max(0, min(number, MOST))
