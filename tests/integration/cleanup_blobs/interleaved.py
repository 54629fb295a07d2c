"""A turn of the cleanup, and writers who do their steps between its steps: each in its own order, all in one turn.

    slots      0   1   2   3  ..  one before each step of the turn, and one after the last
    writer     its n steps at n slots, never backwards: every such order is one writer, with a key of its own

So that one turn, which works on all their keys as one batch, meets every interleaving.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any, Protocol

import pytest

from shared.blobs.condemned import BeingDeleted
from shared.errors import RetryableError
from shared.side_by_side import side_by_side


class Writer(Protocol):
    """A run that is replayed, and writes an object at this key."""

    @property
    def run(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def steps(self) -> Sequence[Callable[[], Awaitable[None]]]: ...


@dataclass
class Player:
    """One that does its steps when the turn comes to their slots. Refused, it begins again when the turn is over."""

    writer: Writer
    slots: Sequence[int]
    done: int = 0
    refused: bool = False

    async def at(self, slot: int) -> None:
        while not self.refused and self.done < len(self.slots) and self.slots[self.done] <= slot:
            try:
                await self.writer.steps[self.done]()
            except BeingDeleted:
                self.refused = True
            except RetryableError:
                self.done = 0  # its next delivery, at once
                continue
            self.done += 1

    async def end(self) -> None:
        """As QStash's next delivery would."""
        if self.refused:
            for step in self.writer.steps:
                await step()


def orders(steps: int, slots: int) -> list[tuple[int, ...]]:
    """All of them, or, in the short form, one in seven, from the one in which only the last step comes late."""
    every = list(combinations_with_replacement(range(slots), steps))
    return every if os.environ.get("MILLRACE_SOAK") else every[1::13]


class Turnstile:
    """Lets the players in before and after calls of the functions that it stands at, once it is open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, slots: int) -> None:
        self._monkeypatch = monkeypatch
        self._slots = slots
        self._players: Sequence[Player] = ()
        self.slot = 0

    def open(self, players: Sequence[Player]) -> None:
        self._players = players

    def at(self, where: Any, name: str, *, before: bool = True, after: bool = False) -> None:
        call: Callable[..., Awaitable[Any]] = getattr(where, name)

        async def stepped(*given: Any, **named: Any) -> Any:
            if before:
                await self._let_in()
            found = await call(*given, **named)
            if after:
                await self._let_in()
            return found

        self._monkeypatch.setattr(where, name, stepped)

    async def close(self) -> None:
        """The last slot, and then those who were refused."""
        await self._let_in()
        assert self.slot == self._slots, "the turn has other steps than the orders are made for"
        await side_by_side(player.end() for player in self._players)
        self._players = ()

    async def _let_in(self) -> None:
        if self._players:
            await side_by_side(player.at(self.slot) for player in self._players)
            self.slot += 1
