"""A caller's look into the cache: until there is a value, or it is its turn to compute one, or it has waited enough."""

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Generic, TypeVar

from shared import deadline
from shared.cache.codec import Codec, Read
from shared.cache.names import Slot
from shared.cache.policy import Policy
from shared.cache.shelf import Answer, Shelf
from shared.cache.together import Together
from shared.clock import World

T = TypeVar("T")

FIRST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.25
"""Seconds between two looks of a caller that waits for another's computation."""


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What there was when the looking ended; with nothing readable in it the caller computes."""

    answer: Answer
    read: Read[T] | None


class Looking(Generic[T]):
    def __init__(self, shelf: Shelf, codec: Codec[T], policy: Policy, world: World, counts: Counter[str]) -> None:
        self._shelf = shelf
        self._codec = codec
        self._policy = policy
        self._world = world
        self._counts = counts
        self._lookups: Together[Answer] = Together()

    async def find(self, slot: Slot, owner: str) -> Found[T]:
        """One round trip for a hit. Raises DependencyDown."""
        ends_at = self._world.monotonic() + self._patience()
        unreadable, pause = "", FIRST_PAUSE
        while True:
            answer = await self._look(slot, owner, unreadable)
            read = None if answer.state == "miss" else self._codec.decode(answer.text)
            if answer.elected or read is not None:
                return Found(answer, read)
            wait = ends_at - self._world.monotonic()
            if wait <= 0:
                self._counts["impatient"] += 1
                return Found(answer, None)
            if answer.state == "miss":
                self._counts["waited"] += 1
                await self._world.sleep(min(wait, pause * self._world.random.uniform(0.5, 1.0)))
                pause = min(pause * 1.5, LONGEST_PAUSE)
            else:
                self._counts["unreadable"] += 1
                unreadable = answer.by

    def _patience(self) -> float:
        """Half of what is left of the deadline stays for the computation."""
        left = deadline.remaining()
        return self._policy.wait if left is None else min(self._policy.wait, left / 2)

    async def _look(self, slot: Slot, owner: str, unreadable: str) -> Answer:
        """Callers of this process share a lookup; one of them at most is elected by it."""
        gap = self._policy.gap(self._world.random)
        ask = partial(self._shelf.lookup, slot, owner, gap=gap, unreadable=unreadable)
        answer, mine = await self._lookups.ask((slot, unreadable), ask, patience=self._policy.patience)
        return answer if mine else replace(answer, elected=False)
