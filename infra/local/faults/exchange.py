"""One question to a service with its answer, and what may happen to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol


async def _nothing() -> None:
    """What most faults do besides."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question on its way: `name` is what it asks, without anything that differs from call to call."""

    service: str
    name: str
    transaction: Any = None
    """MongoDB: the session id (`lsid`) of the transaction that it belongs to."""


Answer = Callable[[bytes], bytes]
"""Makes an answer up, for the question as it came: answers.py has some."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What one exchange meets. Without an answer the caller's connection is closed when `then` has run."""

    forwarded: bool
    answered: bool = False
    answer: Answer | None = None
    """Given to the caller in place of the service's own; the connection goes on."""
    then: Callable[[], Awaitable[object]] = _nothing
    """Runs after the service's answer has arrived (or instead of asking it), and before the caller gets anything."""


Judge = Callable[[Exchange], Fault | None]


@dataclass(frozen=True, slots=True)
class Question:
    """A whole question as it came. A `name` of None marks one that no judge is asked about."""

    raw: bytes = field(repr=False)
    name: str | None
    transaction: Any = None
    answerless: bool = False
    method: str = ""


class Framing(Protocol):
    """Finds where questions and answers end."""

    async def question(self, reader: asyncio.StreamReader) -> Question | None:
        """The next question; None when the caller has hung up."""

    async def answer(self, reader: asyncio.StreamReader, asked: Question, /) -> tuple[bytes, bool]:
        """The next part of the answer, and whether another follows."""
