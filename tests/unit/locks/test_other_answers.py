"""A Redis that answers something else is a Redis that is away: no lock, no place, no count comes of it."""

from typing import Any, cast

import pytest

from shared import degraded
from shared.bulkheads import Bulkheads
from shared.clock import World
from shared.counters import DAY, Away, Counters, Quota, Quotas
from shared.errors import DependencyDown
from shared.locks import Locks
from shared.redis import Redis


class Garbage:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    async def run(self, *_: Any, **__: Any) -> object:
        return self.answer

    async def call(self, *_: Any, **__: Any) -> object:
        return self.answer


HUGE = 10**400
ANSWERS = [
    None,
    "hello",
    [],
    [1, 2],
    ["1", "2", "3"],
    [True, True, True],
    {"error": 1},
    1.5,
    HUGE,
    [0, 0, HUGE],
    [[0], 0, 0],
]
answers = pytest.mark.parametrize(
    "redis", [cast("Redis", Garbage(answer)) for answer in ANSWERS], ids=[repr(answer)[:20] for answer in ANSWERS]
)


@answers
async def test_no_lock_is_had(redis: Redis) -> None:
    with pytest.raises(DependencyDown):
        await Locks(redis, World()).acquire("a", owner="one", wait=0)
    with pytest.raises(DependencyDown):
        await Locks(redis, World()).release("a", owner="one")


async def test_a_verdict_that_is_none_of_ours_is_no_lock() -> None:
    with pytest.raises(DependencyDown):
        await Locks(cast("Redis", Garbage([9, 1, 3])), World()).acquire("a", owner="one", wait=0)


@answers
async def test_nothing_is_taken_or_counted(redis: Redis) -> None:
    quota = Quota(name="a", limit=1, window=DAY, away=Away.CLOSED)
    with pytest.raises(DependencyDown):
        await Quotas(redis).take(quota, "ada")
    with pytest.raises(DependencyDown):
        await Quotas(redis).give_back(quota, "ada", token="one")
    with pytest.raises(DependencyDown):
        await Counters(redis).read("a", "ada")


@answers
async def test_a_place_is_this_process_own(redis: Redis) -> None:
    with degraded.watched() as fallbacks:
        async with Bulkheads(redis, World()).place("ai", of=3):
            pass
    assert fallbacks == {"redis": {"local bulkheads"}}
