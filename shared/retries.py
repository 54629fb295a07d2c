"""Tries a call again that is safe to repeat, when a service did not answer: soon, seldom, and within the deadline.

    retries = Retries("qstash", log=log)
    message_id = await retries(lambda: publish(message))          # the same deduplication id: taken once

stamina drives it. What is decided here, by each failure:

    not a DependencyDown, or a breaker's, or with a `retry_after` of its own     not tried again
    a limit that was used up                                                     not: the next would be as slow
    the budget is empty, or the wait would not end before the deadline           not
    else                    a wait of anything between nothing and `first` x 2^n ("full jitter")

The budget keeps retries from making an outage worse: each call earns a tenth of a retry, up to BURST of them, so that
a service that is down gets at most a tenth more calls than it would without. It is one process's, and one service's.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Final, TypeVar

from shared import deadline
from shared.clock import World
from shared.errors import DependencyDown

T = TypeVar("T")

ATTEMPTS: Final = 3
FIRST: Final = 0.1
LONGEST: Final = 1.0
EARNED: Final = 0.1
BURST: Final = 5.0


class Budget:
    """A bucket of retries: `burst` at the start, and so many at most."""

    def __init__(self, *, earned: float = EARNED, burst: float = BURST) -> None:
        self._earned = earned
        self._burst = burst
        self.left = burst

    def earn(self) -> None:
        self.left = min(self._burst, self.left + self._earned)

    def spend(self) -> bool:
        """Whether there was one to be spent."""
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Retries:
    """One process's retries of one service."""

    def __init__(
        self,
        service: str,
        *,
        world: World | None = None,
        log: Any = None,
        attempts: int = ATTEMPTS,
        budget: Budget | None = None,
    ) -> None:
        self._service = service
        self._world = world or World()
        self._log = log
        self._attempts = attempts
        self.budget = budget or Budget()

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """The call's result, or what its last attempt raised."""
        failures = 0

        def again(error: Exception) -> bool | float:
            nonlocal failures
            failures += 1
            wait = self._wait(error, failures)
            if wait is None:
                return False
            if self._log is not None:  # the kind alone: the text of a fault goes nowhere
                told = {"service": self._service, "failures": failures, "fault": type(error).__name__}
                self._log.info("tried again", extra=told)
            return wait

        self.budget.earn()
        async for attempt in _stamina().retry_context(on=again, attempts=self._attempts, timeout=None):
            with attempt:
                return await call()
        raise AssertionError  # pragma: no cover

    def _wait(self, error: Exception, failures: int) -> float | None:
        """Seconds, or None where the call is not tried again."""
        if failures >= self._attempts or not isinstance(error, DependencyDown):
            return None
        if error.retry_after is not None or not error.its_fault or isinstance(error.__cause__, TimeoutError):
            return None
        wait = self._world.random.uniform(0, min(LONGEST, FIRST * 2.0 ** (failures - 1)))
        left = deadline.remaining()
        if left is not None and left < wait + deadline.LEAST:
            return None
        return wait if self.budget.spend() else None


@cache
def _stamina() -> Any:
    """Imported at the first call that may be repeated (a few ms), and told to keep its own log lines to itself.

    They would hold the text of the fault, and its look for structlog and prometheus costs two imports.
    """
    import stamina
    from stamina.instrumentation import set_on_retry_hooks

    set_on_retry_hooks(())
    return stamina
