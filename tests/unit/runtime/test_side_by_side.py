"""Calls at once: their results in order, and the first failure as itself, when nothing goes on any more."""

import asyncio

import pytest

from shared.errors import DependencyDown
from shared.side_by_side import side_by_side


async def test_results_come_in_the_order_of_the_calls_though_all_run_at_once() -> None:
    barrier = asyncio.Barrier(3)

    async def one(number: int) -> int:
        await barrier.wait()
        return number

    async with asyncio.timeout(30):
        assert await side_by_side(map(one, (3, 1, 2))) == [3, 1, 2]
    assert await side_by_side([]) == []


async def test_a_failure_is_raised_as_itself_when_the_others_have_ended() -> None:
    failed, ended = asyncio.Event(), []

    async def fails() -> None:
        failed.set()
        raise DependencyDown("storage", "is away")

    async def goes_on() -> None:
        await failed.wait()
        await asyncio.sleep(0)
        ended.append("whole")

    with pytest.raises(DependencyDown):
        await side_by_side([fails(), goes_on()])
    assert ended == ["whole"]
