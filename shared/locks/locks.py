"""Acquires, holds and releases locks. What a lock promises is said in this package's docstring."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from shared.clock import World
from shared.errors import DependencyDown
from shared.locks.errors import LockBusy, LockLost
from shared.locks.held import Held
from shared.locks.store import LONGEST_LEASE, LockStore, Verdict
from shared.locks.waiting import Waiting
from shared.redis import Redis
from shared.shielded import finished, stopped

LEASE: Final = 30.0
WAIT: Final = 5.0
RELEASE_WITHIN: Final = 0.5
"""Seconds for each of two tries to release on the way out."""


class Locks:
    def __init__(self, redis: Redis, world: World) -> None:
        self._store = LockStore(redis)
        self._world = world

    @asynccontextmanager
    async def hold(
        self, name: str, *, lease: float = LEASE, wait: float = WAIT, keep: bool = False
    ) -> AsyncIterator[Held]:
        """Have the lock for the block, and release it on every way out, cancellation included.

        With `keep` it is renewed until the block ends; the block still has to `check`, or to watch `lost`.
        Raises LockBusy, or DependencyDown when Redis can't be asked; a lock whose answer alone was lost is then
        released, as far as Redis can be reached.
        """
        owner = self._world.token()
        try:
            held = await self.acquire(name, owner=owner, lease=lease, wait=wait)
        except LockBusy:
            raise  # Redis said last that it is not ours
        except BaseException:
            await finished(self._let_go(name, owner))
            raise
        keeper = asyncio.create_task(held.keep()) if keep else None
        try:
            yield held
        finally:
            await finished(self._let_go(name, owner, keeper))

    async def acquire(self, name: str, *, owner: str, lease: float = LEASE, wait: float = WAIT) -> Held:
        """The lock, within `wait` seconds. `owner` is a new token for each acquisition, made before it is first tried.

        After DependencyDown the lock may be held: a caller that asks again with the same owner gets it, with the fence
        that it was given; one that does not must call `release`. Within the wait one lost answer is asked for again.
        Raises LockBusy, DependencyDown, and LockLost for an owner that has released already.
        """
        if not 0 < lease <= LONGEST_LEASE:
            raise ValueError(f"a lease is more than 0 and at most {LONGEST_LEASE:g} seconds")
        waiting = Waiting(self._world, wait)
        unanswered: DependencyDown | None = None
        while True:
            asked_at = self._world.monotonic()
            busy_for = lease
            try:
                asked = await self._store.acquire(name, owner, lease)
            except DependencyDown as error:
                if unanswered is not None or not await waiting.another_try():
                    raise
                unanswered = error
                continue
            if asked.verdict is Verdict.RELEASED:
                raise LockLost("this owner has released the lock already")
            if asked.verdict is Verdict.HAD:
                held = Held(
                    self._store,
                    self._world,
                    name=name,
                    owner=owner,
                    fence=asked.fence,
                    lease=lease,
                    asked_at=asked_at,
                )
                if held.left > 0:
                    return held
            else:
                busy_for = asked.left
            if not await waiting.another_try():
                raise LockBusy("another has the lock", retry_after=max(1, math.ceil(busy_for)))

    async def release(self, name: str, *, owner: str) -> bool:
        """Whether it was this owner's until now. May be repeated, also by one who never knew. Raises DependencyDown."""
        return await self._store.release(name, owner)

    async def _let_go(self, name: str, owner: str, keeper: asyncio.Task[None] | None = None) -> None:
        """What can't be released now is free when its lease is over."""
        try:
            if keeper is not None:
                await stopped(keeper)
        finally:
            for _ in range(2):
                with suppress(DependencyDown):
                    await self._store.release(name, owner, within=RELEASE_WITHIN)
                    break
