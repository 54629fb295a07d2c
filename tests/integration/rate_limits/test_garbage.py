"""What looks like an answer of the script and is none is an outage: nobody is let through or refused by it."""

import json
import time

import pytest
from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.rate_limits import Away, Limit, RedisRateLimits
from shared.redis import Redis
from tests.integration.rate_limits.callers import PATIENCE
from tests.integration.redis_client.scripted import answer, scripted

LIMIT = Limit("some", requests=10, seconds=3600, away=Away.CLOSED)
NOW = 1_795_000_000_000
HUGE = 10**400


@pytest.mark.parametrize(
    "result",
    [
        [HUGE, NOW],  # more than there is
        [10, NOW],
        [5, HUGE],  # no time of any clock, nor a float
        [5, -NOW],
        [-3, NOW],  # nothing that the script says
        [-2, NOW],  # another window, again and again
        [5, NOW + 3_600_000],  # counted in a window that was not asked for
        [-1, NOW],  # refused, and no word of what was counted
        [-1, NOW, -5, -7],
        [-1, NOW, 5, HUGE],
        [-1, NOW, 5, 7, 9],
        [True, NOW],
        [5.0, NOW],
        [[], NOW],
        {},
        10,
    ],
    ids=lambda result: str(result)[:30],
)
async def test_an_answer_that_the_script_never_gives_is_an_outage(result: object) -> None:
    async with scripted(answer(json.dumps({"result": result}).encode())) as server:
        settings = RedisSettings(
            stage="local", upstash_redis_rest_url=server.url, upstash_redis_rest_token=SecretStr("x")
        )
        async with Redis(settings, LocalBreaker("redis", time.monotonic)) as client:
            limits = RedisRateLimits(client, World(now=lambda: NOW / 1000), patience=PATIENCE)
            for _ in range(2):
                with pytest.raises(DependencyDown):
                    await limits.ask(LIMIT, "ada")
