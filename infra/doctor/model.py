"""What a check is, and what it may find."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from infra.doctor.patient import Patient


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    """It works, and somebody should know."""
    FAIL = "fail"
    UNTRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Finding:
    """`seen` is what was seen, `mend` the variable, page or command that mends it. No word of either is a secret."""

    check: str
    state: State
    seen: str
    mend: str = ""


class NotTried(Exception):
    """What the check needs is not there; whose absence that is, another check says."""

    def __init__(self, why: str, mend: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.mend = mend


class Look(Protocol):
    async def __call__(self, patient: "Patient", /) -> Sequence[Finding]:
        """Raises MillraceError where the check's own `mend` is all that there is to say, and NotTried."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    look: Look
    mend: str
    """For whatever goes wrong that the check has no better word for; `{stage}` in it is the stage's name."""
    after: str = ""
    """The check whose failing says all there is to say: then this one is not tried."""
    limit: float = 20.0
    """Seconds."""


def ok(check: str, seen: str) -> Finding:
    return Finding(check, State.OK, seen)


def warn(check: str, seen: str, mend: str) -> Finding:
    return Finding(check, State.WARN, seen, mend)


def fail(check: str, seen: str, mend: str) -> Finding:
    return Finding(check, State.FAIL, seen, mend)
