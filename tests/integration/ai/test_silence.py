"""Case 12: for a model that says nothing nobody waits for ever, and no thread either."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from shared import deadline
from shared.ai.errors import AnswerLost
from shared.errors import DeadlineReached
from shared.redis import Redis
from shared.threads import Threads
from tests.integration.ai.opened import fill, opened, settings_of
from tests.integration.ai.scripted import Script, scripted


@pytest.fixture
async def silent() -> AsyncIterator[Script]:
    async with scripted(None) as script:
        yield script


async def test_a_call_ends_by_its_limit_and_so_does_its_thread(
    silent: Script, provider: str, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"shared.ai.{provider}.LIMIT", 0.3)
    monkeypatch.setattr(f"shared.ai.{provider}.PATIENCE", 0.3)
    threads = Threads()
    async with opened(settings_of(provider, silent.url), redis, threads=threads, attempts=3) as model:
        with pytest.raises(AnswerLost, match="no answer in") as caught:
            await asyncio.wait_for(fill(model), 30)
        assert threads.alive == 0
    assert caught.value.its_fault
    assert len(silent.heads) == 1, "what used up its limit is not asked again"


async def test_a_call_ends_by_the_deadline_which_is_no_fault_of_the_provider(
    silent: Script, provider: str, redis: Redis
) -> None:
    threads = Threads()
    async with opened(settings_of(provider, silent.url), redis, threads=threads) as model:
        with deadline.within(2.0, time.monotonic):
            with pytest.raises(AnswerLost) as caught:
                await fill(model)
            assert threads.alive == 0
            await asyncio.sleep(0.1)
            with pytest.raises(DeadlineReached):
                await fill(model)
    assert not caught.value.its_fault


async def test_a_cancelled_call_leaves_no_thread_and_no_connection(silent: Script, provider: str, redis: Redis) -> None:
    threads = Threads()
    async with opened(settings_of(provider, silent.url), redis, threads=threads) as model:
        waiting = asyncio.ensure_future(fill(model))
        await asyncio.wait_for(silent.met.wait(), 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert threads.alive == 0
        await asyncio.wait_for(silent.hung_up.wait(), 10)


async def test_an_answer_that_trickles_is_no_answer(provider: str, redis: Redis) -> None:
    """Each byte would begin a socket's own limit anew."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    threads = Threads()
    async with (
        scripted(trickle) as script,
        opened(settings_of(provider, script.url), redis, threads=threads) as model,
    ):
        with deadline.within(2.0, time.monotonic), pytest.raises(AnswerLost, match="no answer in"):
            await fill(model)
        assert threads.alive == 0
