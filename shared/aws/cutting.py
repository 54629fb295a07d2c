"""A blocking call in a thread that ends when nobody waits for it any more.

A call whose time is over, or whose coroutine was cancelled, has its connection cut (shared/aws/line.py), so that its
thread comes back at once; it is waited for, a moment, and is counted as alive if it did not come (case 12: looking up
a name can't be cut).
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from shared.aws.line import Line, on
from shared.threads import Threads

T = TypeVar("T")

GRACE: Final = 0.3
"""Seconds in which the thread of a call that was cut comes back."""


async def in_thread(threads: Threads, line: Line, work: Callable[[], T], seconds: float) -> T:
    """What `work` makes of calls that go through `line`. Raises TimeoutError when they took longer."""
    line.allow(seconds)
    thread = asyncio.ensure_future(threads.run(_through, line, work))
    try:
        done, _ = await asyncio.wait({thread}, timeout=seconds)
        if not done:
            raise TimeoutError
        return thread.result()
    finally:
        if not thread.done():
            await _ended(thread, line)


async def _ended(thread: "asyncio.Future[T]", line: Line) -> None:
    """Cut, awaited for a moment, and heard: nobody else will ask what it raised."""
    line.cut()
    try:
        await asyncio.wait({thread}, timeout=GRACE)
    finally:
        thread.cancel()  # one that got no thread yet never runs; the other kind stays counted
        thread.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


def _through(line: Line, work: Callable[[], T]) -> T:
    with on(line):
        return work()
