"""State that is not ours, or of another time: a service is left alone for no longer than the policy says."""

import pytest
import redis as redis_py

from shared.breakers import Policy, SharedBreaker
from tests.integration.breakers.world import KEY, Scene
from tests.unit.breakers.clockwork import through

POLICY = Policy(failures=1, rest=5, longest=40, jitter=0)
LEASE = 30
NUMBERS = ["", "x", "-1", "nan", "inf", "-inf", "1e308", "9" * 30, "99999999999999"]


@pytest.fixture
def scene(server: redis_py.Redis) -> Scene:
    return Scene(server, POLICY)


async def opened(scene: Scene) -> SharedBreaker:
    breaker = scene.breaker()
    await scene.opened_by(breaker)
    assert await through(scene.breaker(), scene.service) == "BreakerOpen"
    return breaker


@pytest.mark.parametrize("field", ["n", "until", "probe", "by"])
@pytest.mark.parametrize("value", NUMBERS)
async def test_garbage_in_its_state_is_got_over(scene: Scene, field: str, value: str) -> None:
    breaker = await opened(scene)
    scene.redis.server.hset(KEY, field, value)
    scene.passes(int(POLICY.longest) + LEASE + 1)
    assert await through(breaker, scene.service) == "DependencyDown"  # it is tried
    assert 0 < float(scene.redis.hash()["until"]) - scene.redis.now * 1000 <= POLICY.longest * 1000
    assert await through(breaker, scene.service) == "BreakerOpen"
    scene.service.error = None
    scene.passes(int(POLICY.longest) + 1)
    assert await through(scene.breaker(), scene.service) == "ok"
    assert await through(scene.breaker(), scene.service) == "ok"


async def test_a_clock_of_redis_that_falls_back_a_day_does_not_keep_it_open_for_a_day(scene: Scene) -> None:
    await opened(scene)
    scene.redis.now -= 86_400
    scene.service.error = None
    assert await through(scene.breaker(), scene.service) == "ok"
    assert await through(scene.breaker(), scene.service) == "ok"


async def test_a_key_of_another_type_leaves_each_process_to_itself(scene: Scene) -> None:
    scene.redis.server.set(KEY, "a text")
    one = scene.breaker()
    scene.service.down()
    assert await through(one, scene.service) == "DependencyDown"
    assert await through(one, scene.service) == "BreakerOpen"
    scene.service.error = None
    assert await through(scene.breaker(), scene.service) == "ok"


async def test_state_that_is_forgotten_while_it_is_probed_is_closed_for_everybody(scene: Scene) -> None:
    breaker = await opened(scene)
    scene.passes(303)
    scene.redis.server.hset(KEY, "gone", scene.redis.now * 1000 + 1000)
    async with breaker.guard():
        scene.passes(2)
        scene.service.error = None
        assert await through(scene.breaker(), scene.service) == "ok"
    assert scene.redis.hash() == {}
    assert await through(breaker, scene.service) == "ok"
