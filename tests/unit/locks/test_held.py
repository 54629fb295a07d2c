"""What a holder knows of its lock by its own clock alone."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from shared.clock import World
from shared.errors import DependencyDown
from shared.locks import Held, LockLost
from shared.locks.store import LockStore


@dataclass
class FakeStore:
    """Answers a renewal with what the test says, `takes` seconds later."""

    at: float = 100.0
    takes: float = 0.0
    answers: list[bool | DependencyDown] = field(default_factory=list)
    asked: list[tuple[float, float | None]] = field(default_factory=list)

    async def renew(self, *_: Any, within: float | None) -> bool:
        self.asked.append((self.at, within))
        self.at += self.takes
        answer = self.answers.pop(0)
        if isinstance(answer, DependencyDown):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.at += seconds

    def held(self, lease: float = 30.0) -> Held:
        world = World(monotonic=lambda: self.at, sleep=self.sleep)
        store = cast("LockStore", self)
        return Held(store, world, name="a", owner="one", fence=1, lease=lease, asked_at=self.at)


DOWN = DependencyDown("redis", "no answer")


async def test_it_gives_up_a_hundredth_before_redis_does() -> None:
    store = FakeStore()
    held = store.held()
    store.at += 29.6
    held.check()
    store.at += 0.2
    with pytest.raises(LockLost):
        held.check()
    assert held.lost.is_set()
    with pytest.raises(LockLost):
        await held.renew()
    assert store.asked == []


async def test_a_renewal_counts_from_when_it_was_sent() -> None:
    store = FakeStore(takes=1.5, answers=[True])
    held = store.held()
    store.at += 10
    await held.renew()
    assert held.left == pytest.approx(29.7 - 1.5)


async def test_a_renewal_is_not_waited_for_longer_than_the_lease() -> None:
    store = FakeStore(answers=[DOWN, DOWN])
    held = store.held()
    store.at += 29.0
    for _ in range(2):
        with pytest.raises(DependencyDown):
            await held.renew()
        store.at -= 20
    assert [within for _, within in store.asked] == [pytest.approx(0.7), None]


async def test_the_keeper_asks_at_each_third_and_ends_with_the_lease() -> None:
    store = FakeStore(answers=[True, DOWN, DOWN, DOWN])
    held = store.held()
    await held.keep()
    assert [at for at, _ in store.asked] == [110, 120, 130]
    assert store.at == pytest.approx(110 + 29.7)
    assert held.lost.is_set()


async def test_the_keeper_ends_when_another_has_it() -> None:
    store = FakeStore(answers=[True, False])
    held = store.held()
    await held.keep()
    assert (store.at, held.lost.is_set()) == (120, True)
