"""The official rate limiter, sync and asyncio: its scripts run here as they are."""

import time

import pytest
from upstash_ratelimit import FixedWindow, Ratelimit, SlidingWindow, TokenBucket
from upstash_ratelimit.asyncio import Ratelimit as AsyncRatelimit
from upstash_ratelimit.limiter import Limiter
from upstash_redis import Redis
from upstash_redis.asyncio import Redis as AsyncRedis

# Windows of an hour: no test can cross the end of one by being slow, but for once in an hour.
LIMITERS = [FixedWindow(3, 1, "h"), SlidingWindow(3, 1, "h"), TokenBucket(3, 1, 1, "h")]
limiters = pytest.mark.parametrize("limiter", LIMITERS, ids=lambda limiter: type(limiter).__name__)


@limiters
def test_sync_limits(redis_client: Redis, limiter: Limiter) -> None:
    ratelimit = Ratelimit(redis_client, limiter)
    assert ratelimit.get_remaining("id") == 3
    answers = [ratelimit.limit("id") for _ in range(4)]
    assert [(answer.allowed, answer.remaining) for answer in answers] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert answers[0].limit == 3
    assert 0 < answers[0].reset - time.time() <= 3600
    assert ratelimit.get_remaining("id") == 0
    assert ratelimit.get_reset("id") == pytest.approx(answers[3].reset)
    assert ratelimit.limit("another").allowed


@limiters
async def test_asyncio_limits(async_redis: AsyncRedis, limiter: Limiter) -> None:
    ratelimit = AsyncRatelimit(async_redis, limiter)
    assert await ratelimit.get_remaining("id") == 3
    answers = [await ratelimit.limit("id") for _ in range(4)]
    assert [(answer.allowed, answer.remaining) for answer in answers] == [(True, 2), (True, 1), (True, 0), (False, 0)]
    assert await ratelimit.get_remaining("id") == 0
    assert await ratelimit.get_reset("id") == pytest.approx(answers[3].reset)


@limiters
def test_a_call_may_take_several_at_once(redis_client: Redis, limiter: Limiter) -> None:
    ratelimit = Ratelimit(redis_client, limiter)
    assert ratelimit.limit("id", rate=2).remaining == 1
    assert not ratelimit.limit("id", rate=2).allowed


SHORT = [FixedWindow(1, 300, "ms"), SlidingWindow(1, 300, "ms"), TokenBucket(1, 1, 300, "ms")]
short_limiters = pytest.mark.parametrize("limiter", SHORT, ids=lambda limiter: type(limiter).__name__)


@short_limiters
def test_sync_waits_until_it_is_ready(redis_client: Redis, limiter: Limiter) -> None:
    ratelimit = Ratelimit(redis_client, limiter)
    assert ratelimit.limit("id").allowed
    assert ratelimit.block_until_ready("id", timeout=5).allowed


@short_limiters
async def test_asyncio_waits_until_it_is_ready(async_redis: AsyncRedis, limiter: Limiter) -> None:
    ratelimit = AsyncRatelimit(async_redis, limiter)
    assert (await ratelimit.limit("id")).allowed
    assert (await ratelimit.block_until_ready("id", timeout=5)).allowed


def test_waiting_ends_at_the_timeout(redis_client: Redis) -> None:
    ratelimit = Ratelimit(redis_client, TokenBucket(1, 1, 1, "h"))
    ratelimit.limit("id")
    assert not ratelimit.block_until_ready("id", timeout=0.1).allowed
