"""What every breaker looks like to the client that it stands before."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from shared.errors import DependencyDown


class BreakerOpen(DependencyDown):
    """No call was made: the service had failed too often. `retry_after` says when it is tried again."""

    code = "breaker_open"


class Breaker(Protocol):
    def guard(self) -> AbstractAsyncContextManager[None]:
        """Stands around one call: raises BreakerOpen instead of entering, and counts a DependencyDown that leaves."""
        ...
