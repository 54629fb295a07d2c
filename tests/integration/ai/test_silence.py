"""Case 12: for a model that says nothing nobody waits for ever, and no thread either."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import pytest

from shared import deadline
from shared.ai.errors import AnswerLost
from shared.ai.prompt import Question
from shared.ai.provider import Provider, Request
from shared.ai.providers import provider as provider_of
from shared.ai.shape import schema_of
from shared.clock import World
from shared.errors import DeadlineReached
from shared.redis import Redis
from shared.threads import Threads
from tests.integration.ai.opened import built, fill, opened, settings_of
from tests.integration.ai.scripted import Script, scripted
from tests.unit.ai.shapes import Notes

REQUEST: Final = Request(Question("You read.", "Dear Ada"), "Notes", schema_of(Notes))


@pytest.fixture
async def silent() -> AsyncIterator[Script]:
    async with scripted(None) as script:
        yield script


@asynccontextmanager
async def bare(name: str, script: Script, threads: Threads) -> AsyncIterator[Provider]:
    """Without the cache and the budget before it, whose time is not the subject."""
    made = provider_of(settings_of(name, script.url), threads, World())
    await built(made)
    try:
        yield made
    finally:
        await made.close()


async def test_a_call_ends_by_its_limit_and_is_not_made_again(
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
    assert len(silent.heads) == 1


async def test_a_call_ends_by_the_deadline_which_is_no_fault_of_the_provider(silent: Script, provider: str) -> None:
    threads = Threads()
    async with bare(provider, silent, threads) as made:
        with deadline.within(0.5, time.monotonic):
            with pytest.raises(AnswerLost) as caught:
                await made.ask(REQUEST)
            assert threads.alive == 0
            await asyncio.sleep(0.5)
            with pytest.raises(DeadlineReached):
                await made.ask(REQUEST)
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


async def test_an_answer_that_trickles_is_no_answer(provider: str) -> None:
    """Each byte would begin a socket's own limit anew."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    threads = Threads()
    async with scripted(trickle) as script, bare(provider, script, threads) as made:
        with deadline.within(0.5, time.monotonic), pytest.raises(AnswerLost, match="no answer in"):
            await made.ask(REQUEST)
        assert threads.alive == 0
