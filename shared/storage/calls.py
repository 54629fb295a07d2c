"""Every call of storage: in a thread, with an end, behind the breaker, and again where that can help.

A call whose time is over, or whose coroutine was cancelled, has its connection cut (shared/storage/line.py), so that
its thread comes back at once; it is waited for, a moment, and is counted as alive if it did not come (case 12: looking
up a name can't be cut).
"""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from shared import deadline
from shared.breakers import Breaker
from shared.clock import World
from shared.config import StorageSettings
from shared.retries import Retries
from shared.storage.client import Client, build
from shared.storage.errors import down
from shared.storage.faults import translated
from shared.storage.line import Line, on
from shared.threads import Threads

T = TypeVar("T")

LIMIT: Final = 8.0
"""Seconds for a call that moves no bytes to speak of."""
SLOWEST: Final = 500_000
"""Bytes a second: a transfer gets more time by its size."""
GRACE: Final = 0.3
"""Seconds in which the thread of a call that was cut comes back."""


class Calls:
    """One bucket's."""

    def __init__(
        self, settings: StorageSettings, threads: Threads, breaker: Breaker, world: World, retries: Retries | None
    ) -> None:
        self._settings = settings
        self._threads = threads
        self._breaker = breaker
        self._world = world
        self._retries = retries or Retries("storage", world=world)
        self._building = threading.Lock()
        self._client: Client | None = None

    @property
    def client(self) -> Any:
        """boto3's, built by whoever needs it first."""
        with self._building:
            if self._client is None:
                self._client = build(self._settings)
            return self._client.s3

    def close(self) -> None:
        """Its connections; a Lambda never does it, its sandbox is just gone."""
        with self._building:
            if self._client is not None:
                self._client.close()
                self._client = None

    async def __call__(self, key: str, work: Callable[[Any], T], *, limit: float | None = None) -> T:
        """What `work` makes of the client; it must be fit to be done again. Raises DependencyDown, Missing, Refused."""
        seconds = LIMIT if limit is None else limit
        return await self._retries(lambda: self.once(self.line(), key, lambda: work(self.client), limit=seconds))

    async def again(self, call: Callable[[], Any]) -> Any:
        """A call of several steps, of which each is `once`."""
        return await self._retries(call)

    def line(self) -> Line:
        return Line(self._world.monotonic)

    async def once(self, line: Line, key: str, work: Callable[[], T], *, limit: float) -> T:
        async with self._breaker.guard():
            seconds = deadline.at_most(limit)
            line.allow(seconds)
            try:
                return await self._in_thread(line, partial(_carried, line, key, work), seconds)
            except TimeoutError as error:
                raise down(f"no answer in {seconds:.3g} s", its_fault=seconds >= limit) from error

    async def _in_thread(self, line: Line, work: Callable[[], T], seconds: float) -> T:
        thread = asyncio.ensure_future(self._threads.run(work))
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


def _carried(line: Line, key: str, work: Callable[[], T]) -> T:
    with on(line), translated(key):
        return work()
