"""What is no answer of the scripts is an outage, and never a verdict."""

import json
import time
from base64 import b64encode

import pytest
from pydantic import SecretStr

from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.idempotency import New, RedisRequests
from shared.idempotency.asked import Asked
from shared.redis import Redis
from tests.integration.redis_client.scripted import answer, scripted


def words(*said: str) -> list[str]:
    """As Upstash sends them."""
    return [b64encode(word.encode()).decode() for word in said]


@pytest.mark.parametrize(
    "result",
    [
        *(words("busy", "soon"), words("busy", "-5"), words("busy", "9" * 400), words("busy", "9" * 5000)),
        *(words("new"), words("newer", ""), words("busy"), ["busy", 5], [None, None], [], 2.5, True, {"a": 1}, None),
    ],
    ids=lambda result: str(result)[:30],
)
async def test_no_step_takes_garbage_for_an_answer(result: object) -> None:
    async with scripted(answer(json.dumps({"result": result}).encode())) as server:
        settings = RedisSettings(
            stage="local", upstash_redis_rest_url=server.url, upstash_redis_rest_token=SecretStr("x")
        )
        async with Redis(settings, LocalBreaker("redis", time.monotonic, failures=1000)) as client:
            requests, new = RedisRequests(client, lease=600), New("k", "h")
            for step in (requests.begin(Asked("k", "f")), requests.complete(new, "r", owner=""), requests.abandon(new)):
                with pytest.raises(DependencyDown):
                    await step
