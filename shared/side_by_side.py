"""Several calls at once, whose failures stay what they are: a TaskGroup would wrap them in an ExceptionGroup."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def side_by_side(works: Iterable[Awaitable[T]]) -> list[T]:
    """Their results, in their order. The first failure is raised when all have ended: nothing goes on behind it."""
    ended = await asyncio.gather(*works, return_exceptions=True)
    results: list[T] = []
    for one in ended:
        if isinstance(one, BaseException):
            raise one
        results.append(one)
    return results
