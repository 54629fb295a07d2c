"""The cache's place in Redis: each of its moves is one round trip, and whatever goes wrong is DependencyDown."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from shared import deadline
from shared.cache.names import Names, Slot
from shared.cache.policy import Policy
from shared.cache.scripts import LOOKUP, RELEASE, STORE
from shared.errors import DependencyDown
from shared.redis import Redis, Word

State = Literal["fresh", "stale", "miss"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a lookup found."""

    state: State
    elected: bool
    """Whether this caller is the one that computes now."""
    seal: str
    at: str
    """Redis' time of the lookup, in milliseconds."""
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    redis: Redis
    names: Names
    policy: Policy
    monotonic: Callable[[], float]

    async def lookup(self, slot: Slot, owner: str, *, gap: float, unreadable: str) -> Answer:
        """`unreadable` is whose entry counts as none, because nobody here can read it."""
        policy = self.policy
        args: list[Word] = [owner, slot.tagged, policy.lease_ms, policy.version_ms, f"{gap:.6f}", unreadable]
        with self._in_time():
            given = await self.redis.run(LOOKUP, keys=slot.keys, args=args, within=self.policy.patience)
        match given:
            case ["fresh" | "stale" | "miss" as state, int(elected), str(seal), str(at), str(by), str(text)]:
                return Answer(state, bool(elected), seal, at, by, text)
            case _:
                raise DependencyDown("redis", "answered in another form")

    async def store(self, slot: Slot, owner: str, answer: Answer, text: str, lives: tuple[int, int]) -> str:
        """What became of it: stored, invalidated, older or late."""
        policy = self.policy
        args: list[Word] = [
            owner,
            slot.tagged,
            answer.seal,
            answer.at,
            *lives,
            policy.version_ms,
            policy.lease_ms,
            text,
        ]
        with self._in_time():
            return str(await self.redis.run(STORE, keys=slot.keys, args=args, within=policy.patience))

    async def release(self, slot: Slot, owner: str) -> None:
        with self._in_time():
            await self.redis.run(RELEASE, keys=[slot.entry, slot.lease], args=[owner], within=self.policy.patience)

    async def forget_key(self, key: str) -> None:
        """Its version is what counts; the entry goes with it to give its memory back."""
        await self.redis.call("DEL", self.names.of_key(key), self.names.entry(key))

    async def forget_tags(self, tags: Collection[str]) -> None:
        await self.redis.call("DEL", *map(self.names.of_tag, tags))

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """At most half of what is left: the rest is for the computation, or for what the value is needed for."""
        left = deadline.remaining()
        if left is None:
            yield
            return
        with deadline.within(left / 2, self.monotonic):
            yield
