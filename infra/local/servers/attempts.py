"""Starts a server on ports that were free a moment ago, and again on others when it lost the race for them."""

from collections.abc import Callable
from typing import Final, TypeVar

from infra.local.ports import free_ports
from infra.local.processes import StartError

T = TypeVar("T")
_ATTEMPTS: Final = 4


def on_free_ports(count: int, attempt: Callable[[list[int]], T], *, offsets: tuple[int, ...] = (0,)) -> T:
    """Give what `attempt` makes of `count` free ports; it is asked again if its server ended before it was ready."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return attempt(free_ports(count, offsets=offsets))
        except StartError as error:
            if error.status is None:  # alive but slow: another port would not help
                raise
    return attempt(free_ports(count, offsets=offsets))
