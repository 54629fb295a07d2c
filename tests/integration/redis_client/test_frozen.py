"""A Redis, or the server before it, that stands still: every call ends, nothing is mixed up when it goes on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.processes import Child
from infra.local.servers import redis as valkey
from shared.breakers import BreakerOpen, LocalBreaker
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.redis import Redis, Script
from tests.conftest import PATIENCE, REDIS_TOKEN
from tests.integration.redis_client.frozen import frozen
from tests.unit.breakers.clockwork import Clock

ECHO = Script("return ARGV[1]")


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, Child]]:
    behind = valkey.start(tmp_path / "redis", log_dir=tmp_path)
    command = processes.module("infra.local.upstash", "--redis", behind.address, "--token", REDIS_TOKEN)
    before = processes.start("upstash", command, log_dir=tmp_path)
    children = {"redis": behind.child, "upstash": before}
    yield children
    before.stop()
    behind.kill()


@pytest.mark.parametrize("which", ["redis", "upstash"])
async def test_calls_of_a_server_that_stands_still_end_and_it_is_found_again(
    servers: dict[str, Child], which: str
) -> None:
    settings = RedisSettings(
        stage="local",
        upstash_redis_rest_url=f"http://{LOOPBACK}:{servers['upstash'].port}",
        upstash_redis_rest_token=SecretStr(REDIS_TOKEN),
    )
    clock = Clock()
    async with Redis(settings, LocalBreaker("redis", clock), limit=PATIENCE) as redis:
        assert await redis.run(ECHO, args=["before"]) == "before"
        with frozen(servers[which]):
            for number in range(3):
                with pytest.raises(DependencyDown, match="no answer"):
                    await redis.run(ECHO, args=[f"late-{number}"], within=0.3)
            with pytest.raises(BreakerOpen):
                await redis.call("PING")
        clock.at += 6
        seen: list[Any] = [await redis.run(ECHO, args=[str(number)]) for number in range(5)]
        assert seen == ["0", "1", "2", "3", "4"]
