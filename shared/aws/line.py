"""The connection of one call, so that it can be cut by whoever no longer waits for its answer.

A thread that blocks in a socket does not end with the coroutine that waited for it, and would keep the run's lease
(case 12). Cutting its connection ends it at once. What it had sent may have had its effect, as after any answer that
is lost.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final

SHORTEST: Final = 0.01
"""Seconds; a timeout of nothing would mean "do not block"."""


class Cut(OSError):
    """Nobody waits for this call any more."""


class Line:
    """One call's, or one stream's: a stream is allowed its time anew for each piece."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._cut = False
        self._ends_at = 0.0

    def allow(self, seconds: float) -> None:
        self._ends_at = self._monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds, a few milliseconds at least. Raises Cut."""
        if self._cut:
            raise Cut("nobody waits for this call")
        return max(SHORTEST, self._ends_at - self._monotonic())

    def goes_through(self, connection: socket.socket) -> None:
        """Told by the connection before it is used. Raises Cut."""
        with self._lock:
            if self._cut:
                raise Cut("nobody waits for this call")
            self._socket = connection

    def released(self) -> None:
        """The connection is another call's from now on."""
        with self._lock:
            self._socket = None

    def cut(self) -> None:
        """From any thread. The socket is shut, not closed: its number stays its own until its thread closes it."""
        with self._lock:
            self._cut = True
            if self._socket is not None:
                with suppress(OSError):  # not of its class: an SSLSocket's would drop what the reading thread uses
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_current: ContextVar[Line | None] = ContextVar("line", default=None)


@contextmanager
def on(line: Line) -> Iterator[None]:
    """Calls that this thread makes in the block go through `line`."""
    token = _current.set(line)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> Line | None:
    return _current.get()
