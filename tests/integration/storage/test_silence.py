"""Case 12: of a store that says nothing nobody waits for ever, and no thread either."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from shared import deadline
from shared.errors import DeadlineReached, DependencyDown
from shared.threads import Threads
from tests.integration.storage.opened import ETAG, Call, opened
from tests.integration.storage.scripted import Script, said, scripted
from tests.support.open_storage import LIMITS


@pytest.fixture
async def silent() -> AsyncIterator[Script]:
    async with scripted(None) as script:
        yield script


async def test_a_call_ends_by_its_limit_and_so_does_its_thread(
    silent: Script, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in LIMITS:
        monkeypatch.setattr(limit, 0.3)
    threads = Threads()
    with opened(silent, threads=threads, attempts=3) as storage, deadline.within(20, time.monotonic):
        with pytest.raises(DependencyDown, match="no answer in") as caught:
            await asyncio.wait_for(call(storage), 15)
        assert threads.alive == 0
    assert caught.value.its_fault
    assert len(silent.asked) == 1, "what used up its limit is not asked again"


async def test_a_call_ends_by_the_deadline_which_is_no_fault_of_storage(silent: Script, call: Call) -> None:
    threads = Threads()
    with opened(silent, threads=threads) as storage, deadline.within(0.3, time.monotonic):
        with pytest.raises(DependencyDown) as caught:
            await call(storage)
        assert threads.alive == 0
        await asyncio.sleep(0.3)
        with pytest.raises(DeadlineReached):
            await call(storage)
    assert not caught.value.its_fault


async def test_a_cancelled_call_leaves_no_thread(silent: Script, call: Call) -> None:
    threads = Threads()
    with opened(silent, threads=threads) as storage:
        waiting = asyncio.ensure_future(call(storage))
        await asyncio.wait_for(silent.met.wait(), 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert threads.alive == 0
        await asyncio.wait_for(silent.hung_up.wait(), 10)


async def test_an_answer_that_trickles_is_no_answer(call: Call) -> None:
    """Each byte would begin a socket's own limit anew."""

    async def trickle(writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-More: x\r\n" * 1000:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    threads = Threads()
    async with scripted(trickle) as script:
        with opened(script, threads=threads) as storage, deadline.within(0.5, time.monotonic):
            with pytest.raises(DependencyDown, match="no answer in"):
                await call(storage)
            assert threads.alive == 0


async def test_a_stream_that_falls_silent_ends() -> None:
    async def some(writer: asyncio.StreamWriter) -> None:
        writer.write(said(200, "x" * 2_500_000, ETag=ETAG)[:1_200_000])
        await writer.drain()
        await asyncio.sleep(60)

    threads = Threads()
    async with scripted(some) as script:
        with opened(script, threads=threads) as storage, deadline.within(1.0, time.monotonic):
            with pytest.raises(DependencyDown, match="no answer in"):
                await storage.sha256("a")
            assert threads.alive == 0


async def test_calls_that_got_no_thread_in_time_are_never_made(silent: Script) -> None:
    threads = Threads(workers=1)
    with opened(silent, threads=threads) as storage, deadline.within(0.4, time.monotonic):
        ends = await asyncio.gather(*(storage.head("a") for _ in range(3)), return_exceptions=True)
    assert all(isinstance(end, DependencyDown) for end in ends)
    assert threads.alive == 0
    assert len(silent.asked) == 1
