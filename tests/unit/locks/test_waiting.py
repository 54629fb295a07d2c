"""When those who wait try again."""

from dataclasses import dataclass, field
from random import Random

import pytest

from shared import deadline
from shared.clock import World
from shared.errors import DeadlineReached
from shared.locks.waiting import LONGEST, Waiting


@dataclass
class Hands:
    """A clock that sleeping moves."""

    at: float = 100.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def world(self, seed: int) -> World:
        return World(monotonic=self.monotonic, sleep=self.sleep, random=Random(seed))


async def waited(seed: int, wait: float) -> Hands:
    hands = Hands()
    waiting = Waiting(hands.world(seed), wait)
    while await waiting.another_try():
        assert len(hands.slept) < 10_000
    return hands


@pytest.mark.parametrize("wait", [0.001, 0.05, 5.0, 60.0])
async def test_the_last_try_is_made_at_the_very_end(wait: float) -> None:
    hands = await waited(1, wait)
    assert sum(hands.slept) == pytest.approx(wait)


async def test_without_a_wait_there_is_one_try() -> None:
    assert (await waited(1, 0)).slept == []


async def test_tries_grow_rarer_and_no_rarer_than_one_a_second() -> None:
    slept = (await waited(2, 600)).slept
    assert max(slept[:2]) <= 0.1
    assert max(slept) <= LONGEST
    assert sum(slept[10:]) / len(slept[10:]) == pytest.approx(LONGEST / 2, rel=0.1)


async def test_those_who_wait_for_the_same_come_at_different_times() -> None:
    """Of 200 who began together, no tenth of a second of their fifth second sees more than a fifth of their tries."""
    tries = [0] * 10
    for seed in range(200):
        at = 0.0
        for slept in (await waited(seed, 20)).slept:
            at += slept
            if 5 <= at < 6:
                tries[int((at - 5) * 10)] += 1
    assert sum(tries) > 200
    assert max(tries) < sum(tries) / 5


async def test_a_nearer_deadline_ends_the_wait() -> None:
    hands = Hands()
    with deadline.within(2.0, hands.monotonic):
        waiting = Waiting(hands.world(1), 30)
        while await waiting.another_try():
            pass
        assert hands.at == pytest.approx(102)
        with pytest.raises(DeadlineReached):
            Waiting(hands.world(1), 30)
