"""One lock while it is had: how long it is good for, and whether it was lost."""

import asyncio
from contextlib import suppress
from typing import Final

from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown
from shared.locks.errors import LockLost
from shared.locks.store import LockStore
from shared.redis import CALL_TIMEOUT

DRIFT: Final = 0.01
"""The part of a lease that is left unused, because two clocks do not run equally fast."""


class Held:
    """`fence` goes along with every write that the lock protects; `lost` is set once it is known to be lost.

    Without a keeper nothing sets `lost` by itself when the time is over: `check` looks at the time.
    """

    def __init__(
        self, store: LockStore, world: World, *, name: str, owner: str, fence: int, lease: float, asked_at: float
    ) -> None:
        self.name = name
        self.owner = owner
        self.fence = fence
        self.lease = lease
        self.lost = asyncio.Event()
        self._store = store
        self._world = world
        self._ends_at = asked_at + lease * (1 - DRIFT)

    @property
    def left(self) -> float:
        """Seconds for which it is surely ours: counted from when the last successful question was sent."""
        return self._ends_at - self._world.monotonic()

    def check(self) -> None:
        """Raise LockLost if it may be another's by now. Of no use to a write on its way: that is the fence's part."""
        if self.left <= 0:
            self.lost.set()
        if self.lost.is_set():
            raise self._lost()

    async def renew(self) -> None:
        """A full lease from now. Raises LockLost when it is another's, DependencyDown when nobody can tell.

        A lease that ran out without another's coming is still ours, with the same fence: nobody was between.
        """
        if self.lost.is_set():
            raise self._lost()
        asked_at = self._world.monotonic()
        # An answer after the lease's end is of no more use than none.
        within = left if 0 < (left := self.left) < CALL_TIMEOUT else None
        if not await self._store.renew(self.name, self.owner, self.fence, self.lease, within=within):
            self.lost.set()
            raise self._lost()
        self._ends_at = max(self._ends_at, asked_at + self.lease * (1 - DRIFT))

    async def keep(self) -> None:
        """Renew at each third of the lease, until the lock is lost. Redis being away is borne until the lease's end."""
        while not self.lost.is_set():
            await self._world.sleep(min(self.lease / 3, max(self.left, 0.0)))
            if self.left <= 0:
                self.lost.set()
                return
            with suppress(LockLost, DependencyDown, DeadlineReached):
                await self.renew()

    def _lost(self) -> LockLost:
        return LockLost("the lock was lost: its lease ran out, or another has it", retry_after=self.lease)
