"""A part of what a stage stands on, and in what it differs from what is declared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol

from shared.errors import MillraceError


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    GONE = "gone"
    """There, not declared, and it goes."""
    EXTRA = "extra"
    """There and not declared: left as it is, unless somebody wants it gone."""
    WAITING = "waiting"
    """It takes a deploy first."""


TO_DO: Final = frozenset({Kind.ADDED, Kind.CHANGED, Kind.GONE})


@dataclass(frozen=True, slots=True)
class Change:
    """`was` and `to` are for people: empty where there is nothing, or nothing to be said of it."""

    kind: Kind
    what: str
    was: str = ""
    to: str = ""
    plan: Any = field(default=None, repr=False)
    """What its part needs to do it; of an EXTRA one None where it can't be asked to go."""

    @property
    def text(self) -> str:
        """In one line."""
        sides = " → ".join(filter(None, (self.was, self.to)))
        return f"{self.what} {self.kind.value}{f': {sides}' if sides else ''}"


@dataclass(frozen=True, slots=True)
class Secret:
    """Made by a service that tells it once, for the variable of this name."""

    name: str
    value: str = field(repr=False)


class NotDone(MillraceError):
    """A service's own refusal, with what mends it."""

    code = "not_done"


class Part(Protocol):
    """Building one asks nobody and reads nothing. Both calls raise MillraceError."""

    @property
    def name(self) -> str: ...

    async def differences(self) -> Sequence[Change]:
        """In an order in which they can be done; none where nothing differs."""

    async def apply(self, change: Change) -> Secret | None:
        """Do one of them. Done before, by anybody: nothing happens."""
