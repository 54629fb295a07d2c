"""Where one delivery crosses to the outside, in which ways it can be cut there, and the trap that does it.

BEFORE        the question has left the function, and the function dies; the service never hears of it
AFTER         the service has done it and answered; the function dies before it hears of that
ANSWER_LOST   the service has done it; the function lives, and its connection breaks without the answer
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from infra.local.faults import Exchange, Fault


class Mode(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    ANSWER_LOST = "answer lost"


QUESTIONS: Final = frozenset({"find", "aggregate", "getMore", "GET", "HEAD"})
"""Exchanges that change nothing, by the first word of their names."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """The `nth` (from 1) of all exchanges of that name: what else happens at the same time changes nothing."""

    service: str
    name: str
    nth: int

    @property
    def changes(self) -> bool:
        return self.name.split()[0] not in QUESTIONS

    def __str__(self) -> str:
        return f"{self.service} {self.name}{f' ({self.nth})' if self.nth > 1 else ''}"


@dataclass(frozen=True, slots=True)
class Step:
    crossing: Crossing
    mode: Mode


MODES = tuple(Mode)


def steps(crossings: Sequence[Crossing], *, at_most: int | None) -> Sequence[Step]:
    """Every mode at every crossing; where that is more than `at_most`, at every one that changes something; where that
    is more too, at so many of those, from the first to the last, one mode each, by turns. A crash at a question leaves
    what one after the change before it leaves.
    """
    everything = [Step(crossing, mode) for crossing in crossings for mode in MODES]
    if at_most is None or len(everything) <= at_most:
        return everything
    changes = [crossing for crossing in crossings if crossing.changes]
    if len(changes) * len(MODES) <= at_most:
        return [step for step in everything if step.crossing.changes]
    taken = min(at_most, len(changes))
    places = [nth * (len(changes) - 1) // max(1, taken - 1) for nth in range(taken)]
    return [Step(changes[place], MODES[nth % len(MODES)]) for nth, place in enumerate(places)]


class Trap:
    """Sees every exchange of a function, and springs at one of them, once."""

    def __init__(self, kill: Callable[[], Awaitable[None]]) -> None:
        self._kill = kill
        self._seen: list[Crossing] = []
        self._transactions: list[Any] = []
        self._watching = False
        self._armed: Step | None = None
        self.orphans: list[Any] = []
        """MongoDB sessions of the transactions that the function had begun when it was killed."""

    def __call__(self, exchange: Exchange) -> Fault | None:
        if not self._watching:
            return None
        of_that_name = sum((one.service, one.name) == (exchange.service, exchange.name) for one in self._seen)
        crossing = Crossing(exchange.service, exchange.name, of_that_name + 1)
        self._seen.append(crossing)
        if exchange.transaction is not None and exchange.transaction not in self._transactions:
            self._transactions.append(exchange.transaction)
        if self._armed is None or self._armed.crossing != crossing:
            return None
        mode, self._armed = self._armed.mode, None
        if mode is Mode.ANSWER_LOST:
            return Fault(forwarded=True)
        self.orphans = self._transactions
        return Fault(forwarded=mode is Mode.AFTER, then=self._kill)

    def set(self, step: Step | None) -> None:
        """Begin to watch, for nothing but the record or for one step."""
        self._seen, self._transactions, self.orphans = [], [], []
        self._watching, self._armed = True, step

    def lift(self) -> bool:
        """Watch no more. Whether nothing is left of the trap: it was set for no step, or has sprung."""
        self._watching = False
        sprung, self._armed = self._armed is None, None
        return sprung

    @property
    def seen(self) -> Sequence[Crossing]:
        return tuple(self._seen)
