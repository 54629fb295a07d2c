"""A monotonic clock that a test moves, and a service that a test breaks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from shared.breakers import Breaker, Change
from shared.errors import DependencyDown


@dataclass
class Clock:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Service:
    """`calls` counts those that reached it."""

    name: str = "qstash"
    error: Exception | None = None
    calls: int = 0
    changes: list[Change] = field(default_factory=list)

    def down(self) -> None:
        self.error = DependencyDown(self.name, "no answer")

    async def __call__(self) -> None:
        self.calls += 1
        if self.error is not None:
            raise self.error


async def through(breaker: Breaker, call: Callable[[], Awaitable[Any]]) -> str:
    """What became of a call: `ok`, or the name of what it raised."""
    try:
        async with breaker.guard():
            await call()
    except Exception as error:  # noqa: BLE001 - the test names it
        return type(error).__name__
    return "ok"
