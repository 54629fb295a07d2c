"""Each answer of Resend, as the real wire brings it, and what becomes of the run and of the mail's record."""

import asyncio
from typing import Any

import pytest

from functions.send_email.refusals import LONGEST_CALL
from functions.send_email.resend_client import ResendClient
from shared.runs.model import State
from tests.integration.send_email.bench import Bench, mail_settings
from tests.integration.send_email.mailers import Hasty


async def test_a_rate_limit_waits_as_its_headers_say_and_is_then_sent(bench: Bench) -> None:
    bench.fault({"status": 429, "name": "rate_limit_exceeded", "headers": {"retry-after": "7"}})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    limited = await desk.deliver(run)

    assert limited.answer.status == 503
    assert 7 <= int(limited.answer.headers["Retry-After"]) <= 8
    record = await bench.record(run)
    assert (record["state"], record["calls"], record["answered"]) == ("calling", 1, 1)
    assert (await bench.again(desk, run)).answer.outcome == "succeeded"
    assert len(bench.mails()) == 1


async def test_a_call_that_is_still_in_flight_is_waited_for_under_the_same_key(bench: Bench) -> None:
    bench.fault({"status": 409, "name": "concurrent_idempotent_requests"})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    first = await desk.deliver(run)
    second = await bench.again(desk, run)

    assert (first.answer.status, first.reason) == (503, "resend: concurrent_idempotent_requests (409)")
    assert 5 <= int(first.answer.headers["Retry-After"]) <= 6
    assert second.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["idempotency_key"] == run.id


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (429, "daily_quota_exceeded"),
        (429, "monthly_quota_exceeded"),
        (422, "validation_error"),
        (403, "invalid_from_address"),
        (404, "not_found"),
    ],
)
async def test_quotas_and_validation_are_not_tried_again(bench: Bench, status: int, name: str) -> None:
    bench.fault({"status": status, "name": name})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    handled = await desk.deliver(run)

    assert handled.answer.status == 489
    failed = await desk.read(run.id)
    assert (failed.state, failed.reason) == (State.FAILED, f"resend: {name} ({status})")
    record = await bench.record(run)
    assert (record["state"], record["said"]["name"]) == ("refused", name)
    assert await bench.database.test_alerts.count_documents({"run": run.id}) == 1
    assert bench.mails() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "name": "internal_server_error"},
        {"status": 503, "name": "application_error"},
        {"drop_request": True},
        {"drop_answer": True},
        {"status": 500, "name": "internal_server_error", "accept": True},
    ],
)
async def test_where_the_outcome_is_unknown_a_repeat_leaves_one_mail(bench: Bench, fault: dict[str, Any]) -> None:
    bench.fault(fault)
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    first = await desk.deliver(run)
    record = await bench.record(run)
    second = await bench.again(desk, run)

    assert (first.answer.status, first.answer.outcome) == (503, "retrying")
    assert (record["state"], record["calls"], record["answered"]) == ("calling", 1, 0)
    assert second.answer.outcome == "succeeded"
    assert len(bench.mails()) == 1


async def test_an_answer_that_takes_too_long_is_cut_off_within_the_deadline_and_asked_again(bench: Bench) -> None:
    bench.fault({"delay": 1.0})
    desk = bench.desk(mailer=Hasty(bench.services.mailer))
    run = (await desk.enqueue(bench.sign_in())).run

    first = await desk.deliver(run)
    await asyncio.sleep(1.0)
    second = await bench.again(bench.desk(), run)

    assert (first.answer.status, first.reason) == (503, f"resend: no answer within {LONGEST_CALL / 100:g} s")
    assert second.answer.outcome == "succeeded"
    assert len(bench.mails()) == 1


async def test_a_wrong_api_key_waits_for_the_next_deploy(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    wrong = ResendClient(mail_settings(bench.url, key="re_not_this_one"))

    first = await bench.desk(mailer=wrong).deliver(run)
    second = await bench.again(bench.desk(), run)

    assert (first.answer.status, first.reason) == (503, "resend: invalid_api_key (403)")
    assert second.answer.outcome == "succeeded"


async def test_a_resend_that_can_not_be_reached_makes_no_mail_uncertain(bench: Bench) -> None:
    """Not even a day later: without a connection nothing was taken."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    nobody = ResendClient(mail_settings("http://127.0.0.1:1"))
    first = await bench.desk(mailer=nobody).deliver(run)
    await bench.age(run, hours=30)

    second = await bench.again(bench.desk(), run)

    assert (first.answer.status, first.reason) == (503, "resend: not_reached (503)")
    assert second.answer.outcome == "succeeded"


async def test_a_refusal_after_a_lost_answer_is_uncertain_because_that_one_may_have_been_sent(bench: Bench) -> None:
    """The quota was used up between the two calls: Resend's no is about the second."""
    bench.fault({"drop_answer": True}, {"status": 429, "name": "daily_quota_exceeded"})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)

    handled = await bench.again(desk, run)

    assert handled.answer.status == 489
    assert (await bench.record(run))["state"] == "uncertain"
    failed = await desk.read(run.id)
    assert failed.error is not None
    assert failed.error["code"] == "uncertain_effect"
    assert len(bench.mails()) == 1


async def test_all_tries_used_up_is_a_failure_with_its_reason(bench: Bench) -> None:
    bench.fault(*[{"status": 500, "name": "internal_server_error"}] * 6)
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    statuses = [(await bench.again(desk, run)).answer.status for _ in range(6)]

    assert statuses == [503] * 5 + [489]
    failed = await desk.read(run.id)
    assert failed.error == {"code": "dependency_down", "message": "resend: internal_server_error (500)"}
