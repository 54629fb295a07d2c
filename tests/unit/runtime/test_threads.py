"""Threads for blocking calls are counted, so that nobody believes a cancelled one has stopped (case 12)."""

import asyncio
import threading

import pytest

from shared import deadline, degraded
from shared.threads import Threads


async def test_a_call_runs_in_a_thread_of_its_own_and_gives_its_value_back() -> None:
    threads = Threads()

    def call(one: int, *, two: int) -> tuple[int, str]:
        return one + two, threading.current_thread().name

    value, name = await threads.run(call, 1, two=2)

    assert value == 3
    assert name.startswith("blocking")
    assert threads.alive == 0


async def test_what_it_raises_is_raised_here() -> None:
    threads = Threads()
    with pytest.raises(ValueError, match="invalid literal"):
        await threads.run(int, "x")
    assert threads.alive == 0


async def test_a_cancelled_call_is_alive_until_its_thread_has_come_back() -> None:
    threads, go, went = Threads(), threading.Event(), threading.Event()

    def call() -> None:
        go.wait(20)
        went.set()

    waiting = asyncio.create_task(threads.run(call))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert threads.alive == 1
    go.set()
    while threads.alive:  # noqa: ASYNC110 - a thread tells nobody that it is done
        await asyncio.sleep(0.005)
    assert went.is_set()


async def test_a_call_that_was_cancelled_before_it_got_a_thread_never_runs_and_is_not_alive() -> None:
    threads, go, ran = Threads(workers=1), threading.Event(), threading.Event()
    first = asyncio.create_task(threads.run(go.wait, 20))
    second = asyncio.create_task(threads.run(ran.set))
    await asyncio.sleep(0.01)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second

    assert threads.alive == 1
    go.set()
    await first
    assert threads.alive == 0
    assert not ran.is_set()


async def test_calls_run_beside_each_other_up_to_the_pools_size() -> None:
    threads, together = Threads(workers=2), threading.Barrier(2, timeout=10)
    await asyncio.gather(threads.run(together.wait), threads.run(together.wait))


async def test_a_call_in_a_thread_has_its_callers_deadline_and_tells_of_its_fallbacks() -> None:
    with degraded.watched() as fallbacks, deadline.within(3.0, lambda: 0.0):
        assert await Threads().run(deadline.at_most, 10.0) == 3.0
        await Threads().run(degraded.to, "redis", "none")
    assert fallbacks == {"redis": {"none"}}
