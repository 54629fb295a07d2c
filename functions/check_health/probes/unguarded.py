"""In the place of a breaker and of retries: every probe makes its call, and makes it once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.retries import Retries


class Unguarded:
    """A Breaker that never opens."""

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        yield


def once(service: str) -> Retries:
    return Retries(service, attempts=1)
