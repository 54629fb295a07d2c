"""A shared breaker while Redis is away, or answers with anything at all: it is this process's own then."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.breakers import Policy, SharedBreaker
from shared.breakers.scripts import LOOK, OPEN
from shared.clock import World
from shared.errors import DeadlineReached, DependencyDown
from shared.script import Script
from tests.unit.breakers.clockwork import Clock, Service, through

FORMS: Sequence[Any] = [
    *(None, "OK", {}, [], [1], [1, 2], ["a", "b", "c"], 7, [[0, 0, 0]]),
    *([True, False, True], [7, 0, 0], [-1, 0, 0], [0.0, 0.0, 0.0], [1, 1, 10**400]),
]


class NoRedis:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0

    async def run(self, _: Script, *, keys: Sequence[str] = (), args: Any = (), within: float = 0) -> Any:
        assert list(keys) == ["breaker:qstash"]
        assert within <= 1
        _ = args
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize("answer", [DependencyDown("redis", "away"), DeadlineReached("no time"), *FORMS])
async def test_it_opens_rests_probes_and_closes_by_itself(answer: Any) -> None:
    clock, service = Clock(), Service()
    redis = NoRedis(answer)
    world = World(monotonic=clock)
    breaker = SharedBreaker(
        lambda: redis, "qstash", world, policy=Policy(failures=2, rest=5, jitter=0), changed=service.changes.append
    )
    service.down()
    assert [await through(breaker, service) for _ in range(3)] == ["DependencyDown"] * 2 + ["BreakerOpen"]
    clock.at += 5.1
    assert await through(breaker, service) == "DependencyDown"
    clock.at += 9.8
    assert await through(breaker, service) == "BreakerOpen"
    clock.at += 0.3
    service.error = None
    assert await through(breaker, service) == "ok"
    assert await through(breaker, service) == "ok"
    assert [(change.opened, change.shared) for change in service.changes] == [
        (True, False),
        (True, False),
        (False, False),
    ]


async def test_redis_is_looked_at_once_in_five_seconds_while_all_is_well() -> None:
    clock, service, redis = Clock(), Service(), NoRedis([0, 0, 0])
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock))
    for _ in range(10):
        await through(breaker, service)
    assert redis.asked == 1
    clock.at += 5.1
    await asyncio.gather(*(through(breaker, service) for _ in range(10)))
    assert redis.asked == 2


async def test_redis_is_not_even_built_before_the_first_call() -> None:
    def built() -> NoRedis:
        raise AssertionError

    SharedBreaker(built, "qstash", World())


async def test_a_process_elects_one_probe_of_its_own_calls() -> None:
    clock, service = Clock(), Service()
    redis = NoRedis(DependencyDown("redis", "away"))
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock), policy=Policy(failures=1, jitter=0))
    service.down()
    await through(breaker, service)
    clock.at += 5.1

    async def slow() -> None:
        await asyncio.sleep(0.01)

    seen = await asyncio.gather(*(through(breaker, slow) for _ in range(20)))
    assert sorted(seen) == ["BreakerOpen"] * 19 + ["ok"]


class HeldBack:
    """A Redis that says `closed` when it is told to, and has opened or closed whatever it was asked to."""

    def __init__(self) -> None:
        self.says = asyncio.Event()
        self.looked = asyncio.Event()

    async def run(self, script: Script, *, keys: Sequence[str] = (), args: Any = (), within: float = 0) -> Any:
        _ = keys, args, within
        if script is LOOK:
            self.looked.set()
            await self.says.wait()
            return [0, 0, 0]
        return [1, 1, 5000] if script is OPEN else [1, 0, 0]


async def test_a_late_closed_of_redis_does_not_close_what_has_opened_meanwhile() -> None:
    """Redis was asked before this process's own calls failed; what it knew then is old."""
    clock, service, redis = Clock(), Service(), HeldBack()
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock), policy=Policy(failures=2, jitter=0))
    late = asyncio.create_task(through(breaker, service))
    await asyncio.wait_for(redis.looked.wait(), 30)
    service.down()
    assert [await through(breaker, service) for _ in range(3)] == ["DependencyDown"] * 2 + ["BreakerOpen"]
    redis.says.set()
    await late
    assert await through(breaker, service) == "BreakerOpen"


@pytest.mark.parametrize("wait", [10**15, 2**53])
async def test_no_answer_makes_it_rest_longer_than_its_policy(wait: int) -> None:
    clock, service, redis = Clock(), Service(), NoRedis([1, 1, wait])
    policy = Policy(longest=40, jitter=0.2)
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock), policy=policy)
    assert await through(breaker, service) == "BreakerOpen"
    redis.answer = [0, 0, 0]
    clock.at += 48.1
    assert await through(breaker, service) == "ok"


async def test_a_probe_that_is_cancelled_leaves_the_way_to_the_next() -> None:
    clock, service = Clock(), Service()
    redis = NoRedis(DependencyDown("redis", "away"))
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock), policy=Policy(failures=1, jitter=0))
    service.down()
    await through(breaker, service)
    clock.at += 5.1
    calling = asyncio.Event()

    async def hangs() -> None:
        calling.set()
        await asyncio.Event().wait()

    probe = asyncio.create_task(through(breaker, hangs))
    await asyncio.wait_for(calling.wait(), 30)
    assert await through(breaker, service) == "BreakerOpen"
    probe.cancel()
    await asyncio.wait({probe})
    service.error = None
    assert await through(breaker, service) == "ok"


async def test_a_call_that_is_cancelled_while_it_asks_to_probe_leaves_the_way_to_the_next() -> None:
    clock, service, redis = Clock(), Service(), HeldBack()
    breaker = SharedBreaker(lambda: redis, "qstash", World(monotonic=clock), policy=Policy(failures=1, jitter=0))
    redis.says.set()
    service.down()
    await through(breaker, service)
    clock.at += 5.1
    redis.says.clear()
    redis.looked.clear()
    asking = asyncio.create_task(through(breaker, service))
    await asyncio.wait_for(redis.looked.wait(), 30)
    assert await through(breaker, service) == "BreakerOpen"
    asking.cancel()
    await asyncio.wait({asking})
    redis.says.set()
    service.error = None
    assert await through(breaker, service) == "ok"
