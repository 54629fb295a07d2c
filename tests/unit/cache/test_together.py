"""Callers of one process that want the same thing at once."""

import asyncio

import pytest

from shared.cache.together import Together
from shared.errors import DependencyDown


class Oracle:
    """Answers with the number of the question, when it may."""

    def __init__(self) -> None:
        self.asked = 0
        self.may = asyncio.Event()
        self.errors: list[BaseException] = []

    async def __call__(self) -> int:
        self.asked += 1
        number = self.asked
        await self.may.wait()
        if self.errors:
            raise self.errors.pop()
        return number


async def test_who_comes_later_shares_the_next_question_and_never_the_one_under_way() -> None:
    together: Together[int] = Together()
    oracle = Oracle()
    asked = [asyncio.create_task(together.ask("a", oracle, patience=9)) for _ in range(50)]
    await asyncio.sleep(0)
    assert oracle.asked == 1
    oracle.may.set()

    assert await asyncio.gather(*asked) == [(1, True), (2, True), *[(2, False)] * 48]
    assert not together._lines


async def test_questions_about_different_things_do_not_wait_for_each_other() -> None:
    together: Together[int] = Together()
    stuck, free = Oracle(), Oracle()
    free.may.set()
    first = asyncio.create_task(together.ask("a", stuck, patience=9))
    await asyncio.sleep(0)

    assert await together.ask("b", free, patience=9) == (1, True)
    stuck.may.set()
    await first


async def test_a_service_that_is_away_is_away_for_all_who_shared_the_question() -> None:
    together: Together[int] = Together()
    oracle = Oracle()
    oracle.errors = [DependencyDown("redis", "away") for _ in range(2)]
    asked = [asyncio.create_task(together.ask("a", oracle, patience=9)) for _ in range(50)]
    await asyncio.sleep(0)
    oracle.may.set()

    ends = await asyncio.gather(*asked, return_exceptions=True)

    assert all(isinstance(end, DependencyDown) for end in ends)
    assert oracle.asked == 2


@pytest.mark.parametrize("cancelled", [True, False])
async def test_when_the_one_that_asks_is_ended_the_next_asks(cancelled: bool) -> None:
    together: Together[int] = Together()
    oracle = Oracle()
    oracle.errors = [] if cancelled else [LookupError("a fault")]
    tasks = [asyncio.create_task(together.ask("a", oracle, patience=9)) for _ in range(3)]
    await asyncio.sleep(0)
    if cancelled:
        tasks[0].cancel()
    oracle.may.set()

    first, *others = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError if cancelled else LookupError)
    assert others == [(2, True), (2, False)]


async def test_who_has_waited_long_enough_asks_for_itself() -> None:
    together: Together[int] = Together()
    stuck, free = Oracle(), Oracle()
    free.may.set()
    first = asyncio.create_task(together.ask("a", stuck, patience=9))
    await asyncio.sleep(0)

    assert await together.ask("a", free, patience=0.01) == (1, True)
    first.cancel()
