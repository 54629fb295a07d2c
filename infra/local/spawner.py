"""Forks every child from one thread that lives as long as the process.

Linux sends a child's death signal when the *thread* that forked it ends, not only the process:
a server started from a pool's thread (`asyncio.to_thread`) would be killed as soon as that thread retires.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from subprocess import Popen
from typing import Final


class Spawner:
    """Runs what forks in its own daemon thread, which is started at the first use (and again after a fork)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._orders: queue.SimpleQueue[tuple[Future[Popen[bytes]], Callable[[], Popen[bytes]]]]

    def spawn(self, fork: Callable[[], Popen[bytes]]) -> Popen[bytes]:
        """Give what `fork` returns, or raise what it raises."""
        made: Future[Popen[bytes]] = Future()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._orders = queue.SimpleQueue()
                self._thread = threading.Thread(target=self._work, name="spawner", daemon=True)
                self._thread.start()
            self._orders.put((made, fork))
        return made.result()

    def _work(self) -> None:
        orders = self._orders
        while True:
            made, fork = orders.get()
            try:
                made.set_result(fork())
            except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that asked
                made.set_exception(error)


SPAWNER: Final = Spawner()
