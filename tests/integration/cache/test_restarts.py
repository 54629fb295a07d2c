"""Redis is killed, restarted, flushed or full in the middle of what the cache does."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.servers import redis as valkey
from shared import degraded
from shared.cache import Policy
from shared.config import RedisSettings
from shared.errors import DependencyDown
from shared.redis import Redis
from tests.integration.cache.source import Source, cache_of, unbroken, until

TOKEN = "token-of-the-restarts"


class Own:
    """A Redis of the test's own, that it may kill and start again in its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._behind = valkey.start(folder / "data", log_dir=folder)
        command = processes.module("infra.local.upstash", "--redis", self._behind.address, "--token", TOKEN)
        self._front = processes.start("upstash", command, log_dir=folder)
        self.settings = RedisSettings(
            stage="local",
            upstash_redis_rest_url=f"http://{LOOPBACK}:{self._front.port}",
            upstash_redis_rest_token=SecretStr(TOKEN),
        )

    def kill(self) -> None:
        self._behind.kill()

    def start(self, *, empty: bool) -> None:
        folder = self._folder / ("empty" if empty else "data")
        self._behind = valkey.start(folder, log_dir=self._folder, port=self._behind.port)

    def end(self) -> None:
        self._front.stop()
        self._behind.kill()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    made = Own(tmp_path)
    yield made
    made.end()


async def test_a_restart_keeps_what_was_cached_and_what_was_invalidated(own: Own) -> None:
    a, b = Source("a1"), Source("b1")
    async with Redis(own.settings, unbroken()) as redis:
        cache = cache_of(redis)
        await cache.get("a", a.read)
        await cache.get("b", b.read, tags=("t",))
        a.value = b.value = "new"
        await cache.invalidate_tag("t")
        own.kill()
        own.start(empty=False)

        assert await cache.get("a", a.read) == "a1"
        assert await cache.get("b", b.read, tags=("t",)) == "new"
    assert a.calls == 1


@pytest.mark.parametrize("empty", [False, True])
async def test_a_crash_in_the_middle_of_a_computation_is_no_error_for_anybody(own: Own, empty: bool) -> None:
    source, other = Source("old"), Source("new")
    source.gate.clear()
    async with Redis(own.settings, unbroken()) as redis:
        cache = cache_of(redis, Policy(fresh=60, eagerness=0, lease=60, wait=60))
        slow = asyncio.create_task(cache.get("a", source.read))
        await source.begun.wait()
        waiting = asyncio.create_task(cache.get("a", other.read))
        await until(lambda: cache.counts["waited"])
        own.kill()
        assert await waiting == "new"  # computed without Redis
        with pytest.raises(DependencyDown):
            await cache.invalidate("a")
        own.start(empty=empty)
        await cache.invalidate("a")
        source.gate.set()

        assert await slow == "old"
        with degraded.watched() as fallbacks:
            assert await cache.get("a", other.read) == "new"
        assert not fallbacks


async def test_an_old_writer_never_stores_into_a_redis_that_started_empty(own: Own) -> None:
    """Counters would begin again at the number that it saw; names do not."""
    source, other = Source("old"), Source("new")
    async with Redis(own.settings, unbroken()) as redis:
        cache = cache_of(redis)
        source.gate.clear()
        slow = asyncio.create_task(cache.get("a", source.read, tags=("t",)))
        await source.begun.wait()
        own.kill()
        own.start(empty=True)
        await cache.invalidate_tag("t")
        await cache.get("b", Source().read, tags=("t",))  # the tag has a version again
        source.gate.set()
        assert await slow == "old"

        assert await cache.get("a", other.read, tags=("t",)) == "new"


async def test_a_full_redis_that_refuses_writes_costs_a_computation_and_no_error(own: Own) -> None:
    source = Source()
    port = own._behind.port
    from valkey import Valkey

    with Valkey(host=LOOPBACK, port=port, socket_timeout=5) as admin:
        admin.config_set("maxmemory", "1")
        async with Redis(own.settings, unbroken()) as redis:
            cache = cache_of(redis)
            with degraded.watched() as fallbacks:
                assert await cache.get("a", source.read) == "one"
            assert fallbacks == {"redis": {"cache: computed"}}
            await cache.invalidate("a")  # deleting is what a full one still does
            admin.config_set("maxmemory", "0")
            assert await cache.get("a", source.read) == "one"
            assert await cache.get("a", source.read) == "one"
    assert source.calls == 2
