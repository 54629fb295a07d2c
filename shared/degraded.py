"""What was done in a lesser way because a service was away: said in the log, in a metric and in the API's answers.

    with degraded.watched() as fallbacks:      # around one request or one delivery
        ...
        degraded.to("redis", "local rate limits")
    fallbacks                                  # {"redis": {"local rate limits"}}

Never a reason to fail: outside of `watched` (a command, a test) nothing is noted.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Fallbacks = dict[str, set[str]]
"""What was done instead, by the service that was away."""

_current: ContextVar[Fallbacks | None] = ContextVar("degraded", default=None)


@contextmanager
def watched() -> Iterator[Fallbacks]:
    """Collects what the block, and every task that it starts, falls back to."""
    fallbacks: Fallbacks = defaultdict(set)
    token = _current.set(fallbacks)
    try:
        yield fallbacks
    finally:
        _current.reset(token)


def to(service: str, fallback: str) -> None:
    """Note that `fallback` stood in for `service`; both are words of ours, fit for a log and a header."""
    current = _current.get()
    if current is not None:
        current[service].add(fallback)
