"""Resend's breaker: while it is open nothing is begun, and nothing is lost."""

import time

import pytest

from functions.send_email.resend_client import ResendClient
from shared.breakers import LocalBreaker
from shared.errors import DependencyDown
from shared.runs.model import State
from tests.integration.send_email.bench import Bench, mail_settings
from tests.integration.send_email.mailers import Forbidden
from tests.unit.breakers.clockwork import Clock, through


async def opened() -> LocalBreaker:
    breaker = LocalBreaker("resend", Clock(), failures=1)

    async def down() -> None:
        raise DependencyDown("resend", "away")

    await through(breaker, down)
    return breaker


async def test_while_it_is_open_no_mail_is_begun_and_the_run_keeps_its_tries(bench: Bench) -> None:
    desk = bench.desk(mailer=Forbidden(), breaker=await opened())
    run = (await desk.enqueue(bench.sign_in())).run

    handled = await desk.deliver(run)

    assert (handled.answer.status, handled.answer.outcome) == (503, "retrying")
    after = await desk.read(run.id)
    assert (after.state, after.tries) == (State.RETRYING, 0)
    assert await bench.database.emails.find_one({"_id": run.id}) is None
    assert (await bench.again(bench.desk(), run)).answer.status == 200
    assert len(bench.mails()) == 1


async def test_a_call_whose_answer_was_lost_stays_as_it_was(bench: Bench) -> None:
    bench.fault({"drop_answer": True})
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk().deliver(run)
    before = await bench.record(run)

    await bench.again(bench.desk(mailer=Forbidden(), breaker=await opened()), run)

    after = await bench.record(run)
    same = ("state", "calls", "answered", "begun", "first_call_at")
    assert [after[name] for name in same] == [before[name] for name in same]


async def test_a_resend_that_can_not_be_reached_opens_it(bench: Bench) -> None:
    breaker = LocalBreaker("resend", time.monotonic, failures=1)
    desk = bench.desk(mailer=ResendClient(mail_settings("http://127.0.0.1:9")), breaker=breaker)
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    record = await bench.record(run)
    assert record["calls"] == record["answered"]  # nothing was taken, and that is known
    await bench.again(desk, run)
    assert ((await desk.read(run.id)).error or {})["code"] == "breaker_open"


@pytest.mark.parametrize(("status", "name"), [(422, "validation_error"), (429, "rate_limit_exceeded")])
async def test_a_refusal_does_not(bench: Bench, status: int, name: str) -> None:
    breaker = LocalBreaker("resend", time.monotonic, failures=1)
    desk = bench.desk(breaker=breaker)
    bench.fault({"status": status, "name": name})
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)

    async def nothing() -> None:
        return None

    assert await through(breaker, nothing) == "ok"
