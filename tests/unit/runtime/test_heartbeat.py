"""A heartbeat keeps the lease while the work lasts, and stops the work when it can't."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.errors import DependencyDown
from shared.heartbeat import INTERRUPTED, kept
from shared.runs.settle import Outcome, Succeeded

DONE = Succeeded(None)


class Beats:
    """The lease's store: answers each renewal as told, the last answer for ever; time passes at once."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.renewed = 0
        self.slept: list[float] = []
        self.changed = asyncio.Event()

    async def renew(self) -> bool:
        self.renewed += 1
        self.changed.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)

    async def until(self, beats: int) -> None:
        while self.renewed < beats:
            self.changed.clear()
            await self.changed.wait()

    def keep(self, work: Callable[[], Awaitable[Outcome]]) -> Awaitable[Outcome]:
        async def working() -> Outcome:
            return await work()

        return kept(working(), renew=self.renew, every=20, sleep=self.sleep)


async def test_the_lease_is_renewed_every_so_often_until_the_work_is_done() -> None:
    beats = Beats(True)

    async def work() -> Outcome:
        await beats.until(3)
        return DONE

    assert await beats.keep(work) is DONE
    assert beats.renewed >= 3
    assert set(beats.slept) == {20}
    renewed = beats.renewed
    await asyncio.sleep(0.01)
    assert beats.renewed == renewed


async def test_work_that_is_quicker_than_a_beat_is_never_renewed() -> None:
    beats = Beats(True)

    async def work() -> Outcome:
        return DONE

    assert await kept(work(), renew=beats.renew, every=20, sleep=asyncio.sleep) is DONE
    assert beats.renewed == 0


async def test_a_refused_renewal_cancels_the_work_and_waits_for_it_to_stop() -> None:
    beats, stopped = Beats(True, False), []

    async def work() -> Outcome:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            stopped.append(beats.renewed)
        return DONE

    assert await beats.keep(work) is INTERRUPTED
    assert stopped == [2]


async def test_work_that_finishes_although_it_was_cancelled_keeps_its_outcome() -> None:
    """Its effect has happened; whether that counts is the settle's to say."""
    beats = Beats(False)

    async def work() -> Outcome:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return DONE
        return INTERRUPTED

    assert await beats.keep(work) is DONE


async def test_a_store_that_is_away_for_a_beat_does_not_stop_the_work() -> None:
    beats = Beats(DependencyDown("mongodb", "away"), DependencyDown("mongodb", "away"), True)

    async def work() -> Outcome:
        await beats.until(4)
        return DONE

    assert await beats.keep(work) is DONE


async def test_case_13_a_renewal_under_way_is_stopped_and_joined_before_anything_is_settled() -> None:
    """It would wait for the settling transaction, and then look like a lost lease."""
    events: list[str] = []
    under_way = asyncio.Event()

    async def renew() -> bool:
        events.append("renewal begins")
        under_way.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)  # a driver that takes a while to let go
            events.append("renewal is over")
        return True

    async def work() -> Outcome:
        await under_way.wait()
        return DONE

    async def at_once(_: float) -> None:
        await asyncio.sleep(0)

    assert await kept(work(), renew=renew, every=1, sleep=at_once) is DONE
    events.append("settle")
    assert events == ["renewal begins", "renewal is over", "settle"]


async def test_a_fault_of_the_work_is_raised_and_leaves_no_heartbeat() -> None:
    beats = Beats(True)

    async def work() -> Outcome:
        raise ValueError("a fault")

    with pytest.raises(ValueError, match="a fault"):
        await beats.keep(work)
    assert len(asyncio.all_tasks()) == 1


async def test_a_caller_that_is_cancelled_leaves_no_heartbeat() -> None:
    """It would keep the lease of a run that nobody works on."""
    beats = Beats(True)
    working: list[asyncio.Task[Outcome]] = []

    async def work() -> Outcome:
        await asyncio.sleep(0.05)
        return DONE

    async def caller() -> Outcome:
        return await beats.keep(work)

    working.append(asyncio.create_task(caller()))
    await beats.until(2)
    working[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await working[0]
    renewed = beats.renewed
    await asyncio.sleep(0.01)
    assert beats.renewed == renewed
    await asyncio.sleep(0.06)
