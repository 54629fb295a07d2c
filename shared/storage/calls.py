"""Every call of storage: in a thread, with an end, behind the breaker, and again where that can help.

A call whose time is over, or whose coroutine was cancelled, leaves no thread behind (shared/aws/cutting.py).
"""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from shared import deadline
from shared.aws.cutting import in_thread
from shared.aws.faults import translating
from shared.aws.line import Line
from shared.breakers import Breaker
from shared.clock import World
from shared.config import StorageSettings
from shared.retries import Retries
from shared.storage.client import Client, build
from shared.storage.errors import down
from shared.storage.faults import meaning
from shared.threads import Threads

T = TypeVar("T")

LIMIT: Final = 8.0
"""Seconds for a call that moves no bytes to speak of."""
SLOWEST: Final = 500_000
"""Bytes a second: a transfer gets more time by its size."""


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
            try:
                return await in_thread(self._threads, line, partial(_carried, key, work), seconds)
            except TimeoutError as error:
                raise down(f"no answer in {seconds:.3g} s", its_fault=seconds >= limit) from error


def _carried(key: str, work: Callable[[], T]) -> T:
    with translating(partial(meaning, key=key)):
        return work()
