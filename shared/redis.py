"""Upstash Redis over REST. Building the client opens no connection; every call gets a time of its own.

The SDK waits for ever and repeats commands that must not be repeated (upstash-redis 1.8.0), so its own retries are off
and `within` ends a call that hangs.
"""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import httpx
from upstash_redis.asyncio import Redis
from upstash_redis.errors import UpstashError

from shared.config import RedisSettings
from shared.errors import DependencyDown

T = TypeVar("T")

CALL_TIMEOUT: Final = 2.0


def connect(settings: RedisSettings) -> Redis:
    return Redis(
        url=settings.upstash_redis_rest_url,
        token=settings.upstash_redis_rest_token.get_secret_value(),
        rest_retries=0,
        allow_telemetry=False,
    )


async def within(call: Awaitable[T], seconds: float = CALL_TIMEOUT) -> T:
    """The call's answer, or DependencyDown when it fails or does not come in time."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError as error:
        raise DependencyDown("redis", f"no answer in {seconds:g} s") from error
    except httpx.HTTPError as error:
        raise DependencyDown("redis", type(error).__name__) from error
    except UpstashError as error:
        raise DependencyDown("redis", "refused the command") from error
    except (AttributeError, KeyError, ValueError) as error:  # what the SDK makes of an answer in another form
        raise DependencyDown("redis", "answered in another form") from error
