"""How much time is left for whoever calls another service."""

import asyncio

import pytest

from shared import deadline
from shared.errors import DeadlineReached
from tests.unit.breakers.clockwork import Clock


def test_without_a_deadline_a_call_has_its_own_limit() -> None:
    assert deadline.remaining() is None
    assert deadline.at_most(2.0) == 2.0


def test_a_call_has_what_is_left_where_that_is_less() -> None:
    clock = Clock()
    with deadline.within(5.0, clock):
        assert deadline.at_most(2.0) == 2.0
        clock.at += 4.0
        assert deadline.at_most(2.0) == 1.0


def test_a_deadline_inside_a_deadline_can_only_be_nearer() -> None:
    clock = Clock()
    with deadline.within(5.0, clock):
        with deadline.within(60.0, clock):
            assert deadline.remaining() == 5.0
        with deadline.within(1.0, clock):
            assert deadline.remaining() == 1.0
        assert deadline.remaining() == 5.0
    assert deadline.remaining() is None


def test_no_call_is_begun_when_it_could_only_be_cut_off() -> None:
    with deadline.within(0.01, Clock()), pytest.raises(DeadlineReached):
        deadline.at_most(2.0)


async def test_tasks_that_are_started_in_it_end_by_it_too() -> None:
    with deadline.within(3.0, Clock()):
        task = asyncio.create_task(asyncio.to_thread(deadline.at_most, 10.0))
    assert await task == 3.0


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_a_deadline_that_has_passed_lets_nothing_begin_and_goes_with_its_block(seconds: float) -> None:
    with pytest.raises(DeadlineReached), deadline.within(60.0, Clock()), deadline.within(seconds, Clock()):
        deadline.at_most(2.0)
    assert deadline.remaining() is None


async def test_a_task_that_outlives_the_block_keeps_its_deadline_and_nobody_elses() -> None:
    go = asyncio.Event()

    async def later() -> float | None:
        await go.wait()
        return deadline.remaining()

    clock = Clock()
    with deadline.within(3.0, clock):
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    with deadline.within(60.0, clock):
        clock.at += 1.0
        go.set()
        assert await task == 2.0
