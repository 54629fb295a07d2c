"""How much time is left, for whoever calls another service: set where an invocation or a piece of work begins.

    with deadline.within(9.0, monotonic):                # the Lambda's remaining time, less what its answer takes
        ...
        async with asyncio.timeout(deadline.at_most(2.0)):  # the call's own limit, or what is left if that is less

A deadline inside a deadline can only be nearer. Where none is set (a command, a test) a call has its own limit.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from shared.errors import DeadlineReached

LEAST: Final = 0.02
"""Seconds below which no call is begun: it could only be cut off in the middle."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    ends_at: float
    monotonic: Callable[[], float]


_current: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float, monotonic: Callable[[], float]) -> Iterator[None]:
    """Everything in the block, and every task that it starts, has at most so many seconds more."""
    ends_at = monotonic() + seconds
    outer = _current.get()
    token = _current.set(outer if outer is not None and outer.ends_at <= ends_at else _Deadline(ends_at, monotonic))
    try:
        yield
    finally:
        _current.reset(token)


def remaining() -> float | None:
    """Seconds until the nearest deadline, negative when it has passed; None without one."""
    current = _current.get()
    return None if current is None else current.ends_at - current.monotonic()


def at_most(seconds: float) -> float:
    """What a call may take that would wait for `seconds` by itself. Raises DeadlineReached when no time is left."""
    left = remaining()
    if left is None:
        return seconds
    if left < LEAST:
        raise DeadlineReached("no time is left for another call")
    return min(seconds, left)
