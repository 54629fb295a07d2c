"""The clients that are compared, all of them on the same Valkey and behind paths of the same latency.

shared.redis, upstash-redis, upstash-ratelimit ──▶ slow path ──▶ local Upstash REST server ──▶ Valkey
redis-py, cashews, Powertools                  ──▶ slow path ─────────────────────────────────▶ Valkey
"""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aws_lambda_powertools.utilities.idempotency.persistence.cache import CachePersistenceLayer
from cashews import Cache as Cashews
from pydantic import SecretStr
from redis import Redis as RedisPy
from redis.asyncio import Redis as AsyncRedisPy
from upstash_redis.asyncio import Redis as UpstashRedis

from infra.local import processes
from infra.local.servers import redis as valkey
from shared.breakers import LocalBreaker
from shared.config import RedisSettings
from shared.redis import Redis
from tests.benchmarks.slow_path.dial import Dial
from tests.benchmarks.slow_path.path import SlowPath, slow_path

TOKEN: Final = "token-of-the-benchmarks"


@dataclass(frozen=True, slots=True)
class Paths:
    rest: SlowPath
    resp: SlowPath

    @property
    def dials(self) -> tuple[Dial, Dial]:
        return self.rest.dial, self.resp.dial


@dataclass(frozen=True, slots=True)
class Clients:
    """`redis` is ours; the others are used as their documentation shows them."""

    redis: Redis
    upstash: UpstashRedis
    redis_py: AsyncRedisPy
    cashews: Cashews
    powertools: CachePersistenceLayer


@contextmanager
def paths(folder: Path) -> Iterator[Paths]:
    """A Valkey and an Upstash of the benchmarks' own, with a slow path to each."""
    behind = valkey.start(folder / "redis", log_dir=folder)
    command = processes.module("infra.local.upstash", "--redis", behind.address, "--token", TOKEN)
    try:
        child = processes.start("upstash", command, log_dir=folder)
        try:
            with (
                slow_path(folder, "rest", f"127.0.0.1:{child.port}") as rest,
                slow_path(folder, "resp", behind.address) as resp,
            ):
                yield Paths(rest, resp)
        finally:
            child.stop()
    finally:
        behind.kill()


@asynccontextmanager
async def clients(paths: Paths) -> AsyncIterator[Clients]:
    rest, resp = f"http://{paths.rest.address}", f"redis://{paths.resp.address}"
    settings = RedisSettings(stage="local", upstash_redis_rest_url=rest, upstash_redis_rest_token=SecretStr(TOKEN))
    cashews = Cashews()
    cashews.setup(resp, suppress=False)
    powertools = RedisPy.from_url(resp, decode_responses=True)
    async with (
        Redis(settings, LocalBreaker("redis", time.monotonic)) as ours,
        UpstashRedis(url=rest, token=TOKEN) as upstash,
        AsyncRedisPy.from_url(resp) as redis_py,
    ):
        try:
            layer = CachePersistenceLayer(client=powertools)  # type: ignore[arg-type] # its Protocol is of an older redis-py
            yield Clients(ours, upstash, redis_py, cashews, layer)
        finally:
            powertools.close()
            await cashews.close()
