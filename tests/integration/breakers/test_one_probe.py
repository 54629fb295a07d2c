"""An open breaker's rest is over: one Lambda of all tries the service, and what it meets counts for all."""

import asyncio

import pytest
import redis as redis_py

from shared.breakers import Policy
from shared.errors import DeadlineReached
from tests.integration.breakers.world import Scene
from tests.unit.breakers.clockwork import through

REST = 20
POLICY = Policy(failures=2, rest=REST, longest=300, jitter=0)


@pytest.fixture
def scene(server: redis_py.Redis) -> Scene:
    return Scene(server, POLICY)


async def test_one_of_twenty_lambdas_is_elected_and_closes_it_for_all(scene: Scene) -> None:
    lambdas = [scene.breaker() for _ in range(20)]
    await scene.opened_by(lambdas[0])
    assert {await through(breaker, scene.service) for breaker in lambdas} == {"BreakerOpen"}
    scene.service.error = None
    scene.passes(REST + 1)
    calls, refused = 0, asyncio.Event()

    async def slow() -> None:
        nonlocal calls
        calls += 1
        await refused.wait()

    asked = [asyncio.create_task(through(breaker, slow)) for breaker in lambdas]
    async with asyncio.timeout(30):
        while sum(task.done() for task in asked) < 19:  # noqa: ASYNC110 - a count is no event
            await asyncio.sleep(0)
    refused.set()
    assert (sorted(await asyncio.gather(*asked)), calls) == (["BreakerOpen"] * 19 + ["ok"], 1)
    scene.passes(2)  # they were told to ask again in a second, at the soonest
    assert {await through(breaker, scene.service) for breaker in lambdas} == {"ok"}
    assert [change.opened for change in scene.changes] == [True, False]


async def test_a_probe_that_fails_lets_everybody_rest_twice_as_long(scene: Scene) -> None:
    one, other = scene.breaker(), scene.breaker()
    await scene.opened_by(one)
    scene.passes(REST + 1)
    assert await through(other, scene.service) == "DependencyDown"
    scene.passes(REST + 1)
    assert await through(one, scene.service) == "BreakerOpen"
    told = [(change.opened, change.openings, change.shared, change.rest) for change in scene.changes]
    assert told == [(True, 1, True, REST), (True, 2, True, 2 * REST)]


async def test_a_prober_that_dies_is_followed_when_its_lease_is_over(scene: Scene) -> None:
    dying, other = scene.breaker(lease=8), scene.breaker(lease=8)
    await scene.opened_by(dying)
    scene.service.error = None
    scene.passes(REST + 1)
    begun = asyncio.Event()

    async def for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    probe = asyncio.create_task(through(dying, for_ever))
    await begun.wait()
    assert await through(other, scene.service) == "BreakerOpen"
    scene.passes(9)
    assert await through(other, scene.service) == "ok"
    probe.cancel()
    await asyncio.wait({probe})


async def test_a_probe_that_tells_nothing_gives_its_place_up_at_once(scene: Scene) -> None:
    one, other = scene.breaker(), scene.breaker()
    await scene.opened_by(one)
    scene.passes(REST + 1)
    scene.service.error = DeadlineReached("no time is left")
    assert await through(one, scene.service) == "DeadlineReached"
    scene.service.error = None
    assert await through(other, scene.service) == "ok"


async def test_a_late_prober_does_not_close_what_opened_after_its_lease(scene: Scene) -> None:
    late, other = scene.breaker(lease=8), scene.breaker(lease=8)
    await scene.opened_by(late)
    scene.passes(REST + 1)
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await goes_on.wait()

    probe = asyncio.create_task(through(late, slow))
    await begun.wait()
    scene.passes(9)
    assert await through(other, scene.service) == "DependencyDown"
    goes_on.set()
    assert await probe == "ok"
    assert await through(scene.breaker(), scene.service) == "BreakerOpen"
