"""Threads for calls that block, counted, because a cancelled coroutine does not stop the thread that it waited for.

While one lives the run's lease is kept: the thread may still have its effect (case 12). A process that was left with
one ends itself at its next invocation, before it claims anything.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """One process's threads. The pool is made at the first use."""

    def __init__(self, workers: int = 4) -> None:
        self._workers = workers
        self._pool: ThreadPoolExecutor | None = None
        self._running: set[Future[Any]] = set()

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="blocking")
        context = copy_context()  # a call in a thread ends by the same deadline, and its fallbacks are told
        future = self._pool.submit(partial(context.run, call, *args, **kwargs))
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(future)

    @property
    def alive(self) -> int:
        """How many calls have not come back."""
        return sum(not future.done() for future in tuple(self._running))
