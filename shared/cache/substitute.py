"""What is done while Redis is away: compute, one at a time a key in this process, and remember it for a while."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from shared.cache.codec import Codec
from shared.cache.memo import Memo
from shared.cache.names import Slot
from shared.cache.policy import Policy
from shared.cache.together import Together

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Made(Generic[T]):
    value: T | None
    text: str | None
    """What others read theirs from; None for a value that has no text."""


class Substitute(Generic[T]):
    def __init__(self, monotonic: Callable[[], float], policy: Policy, codec: Codec[T]) -> None:
        self._memo = Memo(monotonic)
        self._policy = policy
        self._codec = codec
        self._makers: Together[_Made[T]] = Together()

    def forget(self, version: str) -> None:
        """What is remembered, and what is being computed now, for the key or tag of this version."""
        self._memo.forget(version)

    async def get(
        self, slot: Slot, compute: Callable[[], Awaitable[T | None]], encode: Callable[[T | None], str | None]
    ) -> T | None:
        make = partial(self._make, slot, compute, encode)
        made, mine = await self._makers.ask(slot, make, patience=self._policy.wait)
        if mine or made.text is None:
            return made.value
        read = self._codec.decode(made.text)
        return made.value if read is None else read.value

    async def _make(
        self, slot: Slot, compute: Callable[[], Awaitable[T | None]], encode: Callable[[T | None], str | None]
    ) -> _Made[T]:
        if (kept := self._memo.get(slot)) is not None and (read := self._codec.decode(kept)) is not None:
            return _Made(read.value, kept)
        era = self._memo.era
        value = await compute()
        text = encode(value)
        if text is not None:
            kept_for = self._policy.absent if value is None else self._policy.fresh
            self._memo.put(slot, text, seconds=min(self._policy.memo, kept_for), era=era)
        return _Made(value, text)
