"""What stands in for Redis while it is away: a few texts in this process' memory, for some seconds."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shared.cache.names import Slot

ROOM: Final = 256


@dataclass(frozen=True, slots=True)
class _Kept:
    text: str
    ends_at: float


class Memo:
    """The least recently used goes first. It keeps texts, so that no two callers share an object."""

    def __init__(self, monotonic: Callable[[], float], *, room: int = ROOM) -> None:
        self._monotonic = monotonic
        self._room = room
        self._kept: OrderedDict[Slot, _Kept] = OrderedDict()
        self.era = 0
        """Moves with each invalidation: what began to be computed in another era is not kept."""

    def get(self, slot: Slot) -> str | None:
        kept = self._kept.get(slot)
        if kept is None:
            return None
        if kept.ends_at <= self._monotonic():
            del self._kept[slot]
            return None
        self._kept.move_to_end(slot)
        return kept.text

    def put(self, slot: Slot, text: str, *, seconds: float, era: int) -> None:
        if era != self.era or seconds <= 0:
            return
        self._kept[slot] = _Kept(text, self._monotonic() + seconds)
        self._kept.move_to_end(slot)
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)

    def forget(self, version: str) -> None:
        """Everything that the version (a key's or a tag's) seals."""
        self.era += 1
        for slot in [slot for slot in self._kept if version in slot.versions]:
            del self._kept[slot]
