"""A job that keeps its lease by a heartbeat, and is left with a thread at its deadline (case 12)."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from shared.context import JobContext
from shared.database import Database
from shared.runs.model import State
from tests.integration.runtime.test_one_delivery import CONTRACT, Say
from tests.support.desk import Desk

BEATING = replace(CONTRACT, heartbeat=1.0, deadline=0.2)


@pytest.fixture
def go() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


async def test_the_lease_is_kept_for_as_long_as_the_invocation_when_nobody_beats_any_more(
    database: Database, go: threading.Event
) -> None:
    """Three beats are over long before the Lambda is, and then another would work beside the thread."""

    async def work(_: Say, context: JobContext[None]) -> None:
        await context.blocking(go.wait, 60)

    desk = Desk(database, BEATING, work)
    run = (await desk.enqueue(Say(text="x"))).run
    left = await desk.deliver(run, remaining=50.0)
    assert (left.answer.status, left.reason) == (409, "a thread is still alive")
    held = await desk.read(run.id)
    assert held.state is State.RUNNING
    assert held.lease > held.created + 50_000
    go.set()
    async with asyncio.timeout(30):
        while desk.runtime.threads.alive:  # noqa: ASYNC110 - a thread tells nobody that it is done
            await asyncio.sleep(0.01)
