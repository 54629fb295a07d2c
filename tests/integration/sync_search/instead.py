"""An index that is the bench's, but for what a test does instead of `change`."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from shared.search.index import Read, SearchIndex
from shared.search.model import State

Change = Callable[[Read], Awaitable[Sequence[State]]]


class Instead:
    def __init__(self, index: SearchIndex, change: Callable[[Change, Read], Awaitable[Sequence[State]]]) -> None:
        self._index = index
        self._change = change

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    async def change(self, read: Read) -> Sequence[State]:
        return await self._change(self._index.change, read)
