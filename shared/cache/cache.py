"""The cache itself: look, and if it is this caller's turn, compute and store. The package's docstring is its manual."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from shared import degraded
from shared.cache.codec import Codec, NotStorable
from shared.cache.looking import Found, Looking
from shared.cache.names import Names, Slot
from shared.cache.policy import Policy
from shared.cache.shape import shape_of
from shared.cache.shelf import Answer, Shelf
from shared.cache.substitute import Substitute
from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown, RetryableError
from shared.redis import Redis
from shared.shielded import finished

T = TypeVar("T")

Compute = Callable[[], Awaitable[T | None]]
"""Reads the value where it truly is; None when there is no such thing."""


class Cache(Generic[T]):
    """One kind of values. `name` is theirs in Redis: two caches with one name are one cache."""

    def __init__(self, redis: Redis, world: World, *, name: str, values: TypeAdapter[T], policy: Policy) -> None:
        self.counts: Counter[str] = Counter()
        """What this process has met, for tests and a debugger: no metric is made of it. How gets were answered: fresh,
        stale, computed (calls of `compute`), failed, away. On the way: waited, impatient, unreadable. What became of
        a value: stored, invalidated, older, late, too_large, unstorable."""
        self._world = world
        self._policy = policy
        self._names = Names(name, shape_of(values))
        self._shelf = Shelf(redis, self._names, policy, world.monotonic)
        self._codec = Codec(values, policy.largest, policy.compressed_over)
        self._looking = Looking(self._shelf, self._codec, policy, world, self.counts)
        self._substitute: Substitute[T] = Substitute(world.monotonic, policy, self._codec)

    async def get(self, key: str, compute: Compute[T], *, tags: Collection[str] = ()) -> T | None:
        """The value of `key`, cached or computed now; what `compute` raises is raised.

        A key is always asked for with the same tags: under others its entry is a miss.
        """
        if isinstance(tags, str):
            raise TypeError("tags are a collection of words; this is one, and its letters would be the tags")
        slot = self._names.slot(key, tags)
        owner = self._world.token()
        try:
            async with self._holding_nobody_up(slot, owner):
                found = await self._looking.find(slot, owner)
        except DependencyDown:
            self.counts["away"] += 1
            degraded.to("redis", "cache: computed")
            return await self._substitute.get(slot, lambda: self._called(compute), self._encoded)
        if found.read is not None and not found.answer.elected:
            self.counts[found.answer.state] += 1
            return found.read.value
        async with self._holding_nobody_up(slot, owner):
            return await self._compute(slot, owner, found, compute)

    async def invalidate(self, key: str) -> None:
        """Once this has returned, no get that begins later gives a value computed before. Raises DependencyDown."""
        self._substitute.forget(self._names.of_key(key))
        await self._shelf.forget_key(key)

    async def invalidate_tag(self, *tags: str) -> None:
        """The same for every key that was asked for with one of these tags, in one round trip."""
        for tag in tags:
            self._substitute.forget(self._names.of_tag(tag))
        await self._shelf.forget_tags(tags)

    def name_of(self, key: str) -> str:
        """What its entry is called in Redis, for whoever must be able to delete it without knowing the key."""
        return self._names.entry(key)

    async def _compute(self, slot: Slot, owner: str, found: Found[T], compute: Compute[T]) -> T | None:
        try:
            value = await self._called(compute)
        except Exception as error:
            if found.read is not None and isinstance(error, RetryableError):
                if found.answer.state == "stale" and isinstance(error, DependencyDown):
                    degraded.to(error.service, "cache: stale")
                return found.read.value
            await self._unless_away(self._shelf.release(slot, owner))
            raise
        await self._unless_away(self._store(slot, owner, found.answer, value))
        return value

    @asynccontextmanager
    async def _holding_nobody_up(self, slot: Slot, owner: str) -> AsyncIterator[None]:
        """A caller that is cancelled may have been elected, also by a lookup that it never heard from."""
        try:
            yield
        except asyncio.CancelledError:
            await finished(self._unless_away(self._shelf.release(slot, owner)))
            raise

    async def _called(self, compute: Compute[T]) -> T | None:
        self.counts["computed"] += 1
        try:
            return await compute()
        except Exception:
            self.counts["failed"] += 1
            raise

    async def _store(self, slot: Slot, owner: str, answer: Answer, value: T | None) -> None:
        lives = self._policy.lives(absent=value is None, random=self._world.random)
        text = self._encoded(value) if lives[0] else None
        if text is None:
            await self._shelf.release(slot, owner)
        else:
            self.counts[await self._shelf.store(slot, owner, answer, text, lives)] += 1

    def _encoded(self, value: T | None) -> str | None:
        try:
            return self._codec.encode(value)
        except NotStorable as error:
            self.counts[error.reason] += 1
            return None

    async def _unless_away(self, move: Awaitable[None]) -> None:
        """The caller has its value, or its error: a Redis that went away meanwhile does not change that."""
        try:
            await move
        except (DependencyDown, DeadlineReached):
            self.counts["away"] += 1
            degraded.to("redis", "cache: not stored")
