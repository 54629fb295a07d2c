"""What the limited routes do while Redis is down or hangs: each as its limits declare."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared import degraded
from shared.breakers import LocalBreaker
from shared.clock import World
from shared.config import RedisSettings
from shared.rate_limits import RedisRateLimits
from shared.redis import Redis
from tests.integration.api.front import Front, kind
from tests.integration.api.limit_fields import left, policies
from tests.support.wire import serving

ASKING = "/v1/auth/magic-links"
ADA = {"email": "ada@example.com"}


def client_of(url: str) -> Redis:
    settings = RedisSettings(stage="local", upstash_redis_rest_url=url, upstash_redis_rest_token=SecretStr("x"))
    return Redis(settings, LocalBreaker("redis", time.monotonic))


@pytest.fixture
async def without_redis(front: Front) -> AsyncIterator[Front]:
    async with client_of("http://127.0.0.1:9") as client:
        front.change(limits=RedisRateLimits(client, World()))
        yield front


async def test_without_redis_people_sign_in_and_an_address_gets_fewer_mails(without_redis: Front) -> None:
    async with without_redis.browser() as browser:
        with degraded.watched():
            assert await without_redis.signed_in(browser)
            statuses = [(await browser.post(ASKING, json=ADA)).status_code for _ in range(3)]
            assert (await browser.post(ASKING, json={"email": "eve@example.com"})).status_code == 202
    assert statuses == [202, 429, 429]


async def test_a_redis_that_hangs_costs_a_request_one_wait_and_not_one_for_each_limit(front: Front) -> None:
    asked = 0

    async def hang(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()

    async with serving(hang) as port, client_of(f"http://127.0.0.1:{port}") as client:
        front.change(limits=RedisRateLimits(client, World()))
        async with front.browser() as browser:
            assert (await browser.post(ASKING, json=ADA)).status_code == 202
    assert asked == 1


async def test_without_redis_jobs_are_started_and_cancelled(without_redis: Front) -> None:
    async with without_redis.browser(headers=await without_redis.key("jobs:write")) as server:
        started = await server.post("/v1/jobs/report", json={"document": "a"})
        assert started.status_code == 202
        assert left(started)["jobs-caller"][0] == 59
        stopped = await server.post(f"/v1/jobs/{started.json()['job']}/cancel")
    assert stopped.status_code == 200
    assert policies(stopped)
    assert "ratelimit" not in stopped.headers, "nobody has counted"


async def test_without_redis_no_key_is_made(without_redis: Front) -> None:
    async with without_redis.browser(headers=await without_redis.key("operator")) as operator:
        response = await operator.post("/v1/api-keys", json={"name": "x", "scopes": ["operator"]})
        listed = await operator.get("/v1/api-keys")
    assert (response.status_code, kind(response)) == (503, "unavailable")
    assert int(response.headers["retry-after"]) >= 1
    assert "redis" not in response.text.lower()
    assert len(listed.json()["items"]) == 1
