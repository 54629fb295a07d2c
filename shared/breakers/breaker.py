"""What every breaker looks like to the client that it stands before, and what it counts."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from shared.errors import DependencyDown, PermanentError


class BreakerOpen(DependencyDown):
    """No call was made: the service had failed too often. `retry_after` says when it is tried again."""

    code = "breaker_open"

    def __init__(self, service: str, *, retry_after: float) -> None:
        super().__init__(service, "left alone after failures", retry_after=retry_after, its_fault=False)


class Breaker(Protocol):
    def guard(self) -> AbstractAsyncContextManager[None]:
        """Stands around one call: raises BreakerOpen instead of entering, and counts what leaves (`told_by`)."""
        ...


class Sign(Enum):
    """What one call tells of the service."""

    ANSWERED = "answered"
    FAILED = "failed"
    NOTHING = "nothing"


def told_by(error: Exception | None, service: str) -> Sign:
    """A refusal is an answer. A call that was cut off by its caller's own deadline, or another service, is no sign."""
    if error is None or isinstance(error, PermanentError):
        return Sign.ANSWERED
    if isinstance(error, DependencyDown) and error.service == service and error.its_fault:
        return Sign.FAILED
    return Sign.NOTHING


@dataclass(frozen=True, slots=True)
class Change:
    """A breaker that opened or closed, as it is told to the log: once, by whoever changed it."""

    service: str
    opened: bool
    rest: float = 0.0
    """Seconds until it is tried again."""
    openings: int = 0
    """In a row."""
    shared: bool = False
    """Whether the other Lambdas know of it."""


Changed = Callable[[Change], None]


def nobody(_: Change) -> None:
    """Where nobody is told."""
