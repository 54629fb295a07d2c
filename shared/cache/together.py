"""Callers in one process that want the same thing at once: one asks, the others get its answer.

asks ─────────────── answer       one that comes while another asks may not take that answer: it may be older than
   │ comes  comes                 something its caller has already seen done (an invalidation). They share the next
   └────────┴─── asks ── answer   question, which begins after both of them came
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from shared import deadline
from shared.errors import DependencyDown

R = TypeVar("R")


@dataclass(slots=True)
class _Question(Generic[R]):
    answers: list[R] = field(default_factory=list)
    """One, once it is answered."""
    error: DependencyDown | None = None


@dataclass(slots=True)
class _Line(Generic[R]):
    next: _Question[R]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    present: int = 0


class Together(Generic[R]):
    def __init__(self) -> None:
        self._lines: dict[Hashable, _Line[R]] = {}

    async def ask(self, about: Hashable, ask: Callable[[], Awaitable[R]], *, patience: float) -> tuple[R, bool]:
        """The answer, and whether it was this caller that asked.

        A question that could not be asked (DependencyDown) is so for all who shared it; with any other error the
        next of them asks. A caller that has waited for `patience` seconds asks for itself.
        """
        line = self._lines.setdefault(about, _Line(_Question()))
        line.present += 1
        try:
            return await self._in(line, ask, deadline.at_most(patience))
        finally:
            line.present -= 1
            if not line.present:
                del self._lines[about]

    async def _in(self, line: _Line[R], ask: Callable[[], Awaitable[R]], patience: float) -> tuple[R, bool]:
        question = line.next
        try:
            async with asyncio.timeout(patience):
                await line.lock.acquire()
        except TimeoutError:
            return await ask(), True
        try:
            if question.error is not None:
                raise question.error
            if question.answers:
                return question.answers[0], False
            if line.next is question:
                line.next = _Question()
            try:
                question.answers.append(await ask())
            except DependencyDown as error:
                question.error = error
                raise
            return question.answers[0], True
        finally:
            line.lock.release()
