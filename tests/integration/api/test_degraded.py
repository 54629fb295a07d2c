"""What callers are told of services that are away: in the answer's header and the log, and in ten seconds."""

import asyncio
import time

import pytest
from starlette.types import Receive, Scope, Send

from functions.api import guard
from functions.api.guard import Guard
from shared import deadline
from shared.breakers import BreakerOpen
from shared.clock import World
from shared.errors import DeadlineReached
from shared.runs.model import State
from tests.integration.api.front import Front, Log


async def test_work_is_accepted_at_once_while_qstashs_breaker_is_open(front: Front) -> None:
    counted: list[int] = []
    front.change(on_degraded=lambda: counted.append(1))
    front.publisher.fail = lambda _: BreakerOpen("qstash", retry_after=30)
    began = time.monotonic()

    async with front.browser() as browser:
        answer = await browser.post("/v1/auth/magic-links", json={"email": "ada@example.com"})

    assert answer.status_code == 202
    assert time.monotonic() - began < 10
    assert answer.headers["X-Degraded"] == "qstash"
    assert front.log.requests[-1]["degraded"] == {"qstash": ["handed over later"]}
    assert (await front.run(answer.json()["job"])).state is State.PENDING
    assert counted == [1]


async def test_an_answer_that_lacked_nothing_says_nothing(front: Front) -> None:
    async with front.browser() as browser:
        answer = await browser.post("/v1/auth/magic-links", json={"email": "ada@example.com"})
    assert "X-Degraded" not in answer.headers
    assert "degraded" not in front.log.requests[-1]


async def test_a_page_of_another_origin_may_read_it(front: Front) -> None:
    async with front.browser() as browser:
        answer = await browser.get("/health", headers={"Origin": "https://app.example.com"})
    assert "X-Degraded" in answer.headers["access-control-expose-headers"]


async def served(route: str) -> tuple[int, Log, float]:
    """What the guard makes of a route that never ends, or that has no time left, with half a second for all."""

    async def app(_: Scope, __: Receive, ___: Send) -> None:
        if route == "hangs":
            await asyncio.sleep(60)
        await asyncio.sleep(deadline.remaining() or 0)
        deadline.at_most(1.0)

    log, sent = Log(), []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "state": {"request_id": "r"}}
    began = time.monotonic()
    await Guard(app, world=World(), log=log, longest=0.5)(scope, receive, send)  # type: ignore[arg-type] # ASGI's own types
    return int(str(sent[0]["status"])), log, time.monotonic() - began


@pytest.mark.parametrize("route", ["hangs", "has no time left"])
async def test_a_request_ends_with_a_problem_when_its_time_is_over(route: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if route == "has no time left":
        monkeypatch.setattr(guard, "OVERTIME", 30.0)  # a machine that stands still does not make it a cut
    status, log, seconds = await served(route)
    assert status == 503
    assert seconds < 20
    said = "cut off after 0.5 s" if route == "hangs" else DeadlineReached("no time is left for another call").message
    assert log.lines[-1]["reason"] == said
