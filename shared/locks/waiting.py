"""Waits for what another has, without a thundering herd: full jitter between tries, and an end."""

from typing import Final

from shared import deadline
from shared.clock import World

FIRST: Final = 0.05
LONGEST: Final = 1.0
_LEAST: Final = 0.005


class Waiting:
    """Built before the first try. Never waits past the deadline of `shared.deadline`."""

    def __init__(self, world: World, wait: float) -> None:
        """Raises DeadlineReached when there is to be a wait and no time is left for any."""
        self._world = world
        self._ends_at = world.monotonic() + (deadline.at_most(wait) if wait > 0 else 0.0)
        self._longest = FIRST

    async def another_try(self) -> bool:
        """Sleep until the next try; False when the wait is over. The last try is made at its very end."""
        left = self._ends_at - self._world.monotonic()
        if left <= 0:
            return False
        await self._world.sleep(min(left, max(_LEAST, self._world.random.uniform(0, self._longest))))
        self._longest = min(LONGEST, self._longest * 2)
        return True
