"""A breaker in this process's memory alone: for Redis, whose own state can't be kept in Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from shared.breakers.breaker import BreakerOpen
from shared.errors import DependencyDown

FAILURES: Final = 3
REST: Final = 5.0


class LocalBreaker:
    """Opens after `failures` in a row, for `rest` seconds; then one call at a time tries whether it is mended."""

    def __init__(
        self, service: str, monotonic: Callable[[], float], *, failures: int = FAILURES, rest: float = REST
    ) -> None:
        self._service = service
        self._monotonic = monotonic
        self._allowed = failures
        self._rest = rest
        self._failures = 0
        self._opened_at = 0.0
        self._probing = False

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        probe = self._failures >= self._allowed
        if probe:
            left = self._opened_at + self._rest - self._monotonic()
            if left > 0 or self._probing:
                raise BreakerOpen(self._service, "left alone after failures", retry_after=max(left, 1.0))
        self._probing = probe
        try:
            yield
        except DependencyDown:
            self._failures += 1
            self._opened_at = self._monotonic()
            raise
        else:
            self._failures = 0
        finally:
            if probe:
                self._probing = False
