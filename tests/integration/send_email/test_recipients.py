"""Who gets a mail: suppressed addresses do not, operators are configured, and many failures are one mail (case 36)."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from functions.alerts import OPERATORS, alerting
from functions.send_email.contract import CONTRACT, FailureDigest, SendEmail
from shared.database import transaction
from shared.runs.model import Run, State, instant, read
from tests.integration.send_email.bench import Bench
from tests.integration.send_email.mailers import Forbidden

NOON = 1_795_521_600_000
MINUTE = 60_000


def digest_of(job: str = "say") -> SendEmail:
    return SendEmail(mail=FailureDigest(job=job, since=instant(NOON), until=instant(NOON + 5 * MINUTE)))


def failed(at: int, job: str = "say", **fields: Any) -> dict[str, Any]:
    """The record of a run that failed."""
    return {
        "_id": str(uuid4()),
        "job": job,
        "version": 1,
        "owner": "ann",
        "state": "failed",
        "payload": '{"secret":"of-the-payload"}',
        "leg": 0,
        "epoch": 0,
        "tries": 1,
        "fence": 1,
        "created": at,
        "not_before": at,
        "ends_by": at,
        "reason": "never",
        "error": {"code": "permanent", "message": "never"},
        "finished": at,
        **fields,
    }


async def suppress(bench: Bench, address: str, state: str = "bounced") -> None:
    await bench.database.suppressions.insert_one({"_id": address.lower(), "state": state, "at": 0})


@pytest.mark.parametrize("state", ["bounced", "complained"])
async def test_a_suppressed_address_gets_nothing_and_the_run_says_so(bench: Bench, state: str) -> None:
    await suppress(bench, bench.to, state)
    desk = bench.desk(mailer=Forbidden())
    run = (await desk.enqueue(bench.sign_in())).run

    handled = await desk.deliver(run)

    assert handled.answer.outcome == "succeeded"
    assert await bench.result(desk, run) == {"state": "skipped", "reason": "suppressed", "suppressed": 1}
    record = await bench.record(run)
    assert (record["state"], record["dropped"], record["request"]) == ("skipped", [bench.to], "{}")


async def test_an_address_is_suppressed_in_whatever_case_it_is_written(bench: Bench) -> None:
    await suppress(bench, bench.to)
    bench.to = bench.to.upper()
    desk = bench.desk(mailer=Forbidden())
    run = (await desk.enqueue(bench.sign_in())).run
    assert (await desk.deliver(run)).answer.outcome == "succeeded"


async def test_an_address_that_is_not_suppressed_any_more_gets_its_mail(bench: Bench) -> None:
    await suppress(bench, bench.to, "released")
    desk = bench.desk()
    await desk.deliver((await desk.enqueue(bench.sign_in())).run)
    assert len(bench.mails()) == 1


async def test_of_several_recipients_only_the_suppressed_ones_are_left_out(bench: Bench) -> None:
    await bench.database.runs.insert_one(failed(NOON))
    gone, there = (f"op-{uuid4()}@race.dev" for _ in range(2))
    await suppress(bench, gone)
    desk = bench.desk(head=bench.head(operators=(gone, there)))
    run = (await desk.enqueue(digest_of())).run

    await desk.deliver(run)

    (mail,) = bench.mails(there)
    assert mail["to"] == [there]
    result = await bench.result(desk, run)
    assert result == {"state": "sent", "resend_id": mail["id"], "suppressed": 1}


async def test_an_address_that_bounced_meanwhile_does_not_change_what_was_begun(bench: Bench) -> None:
    bench.fault({"drop_answer": True})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await suppress(bench, bench.to)

    assert (await bench.again(desk, run)).answer.outcome == "succeeded"
    assert (await bench.result(desk, run))["state"] == "sent"


async def test_case_36_many_failures_are_one_mail_with_their_number_and_the_first_of_them(bench: Bench) -> None:
    (operator,) = bench.services.head.operators
    inside = [failed(NOON + n, reason=f"reason {n}", error=None) for n in range(120)]
    outside = [
        failed(NOON - 1),
        failed(NOON + 5 * MINUTE),
        failed(NOON, job="other"),
        failed(NOON, state="succeeded"),
        failed(NOON, state="pending", finished=None),
    ]
    await bench.database.runs.insert_many([*inside, *outside])
    desk = bench.desk()
    run = (await desk.enqueue(digest_of())).run

    await desk.deliver(run)

    (mail,) = bench.mails(operator)
    assert "120" in mail["subject"]
    assert [f"reason {n}" in mail["text"].splitlines() or f"reason {n}\n" in mail["text"] for n in (0, 9, 10, 119)] == [
        True,
        True,
        False,
        False,
    ]
    assert "of-the-payload" not in mail["text"] + mail["html"]


async def test_case_36_five_runs_that_fail_write_one_alert_and_its_own_failure_writes_none(bench: Bench) -> None:
    desk = bench.desk()
    tell = alerting(bench.database)
    now = int(time.time() * 1000)
    start = now // (5 * MINUTE) * 5 * MINUTE - 10 * MINUTE
    runs: list[Run] = [read(failed(start + n)) for n in range(5)]
    await bench.database.runs.insert_many([failed(start + n) for n in range(5)])
    for run in runs:

        async def told(session: Any, run: Run = run) -> None:
            await tell(run, session)

        await transaction(bench.database, told)
    (alert,) = [read(found) async for found in bench.database.runs.find({"owner": OPERATORS})]
    bench.fault({"status": 422, "name": "validation_error"})

    handled = await bench.again(desk, alert)

    assert handled.answer.status == 489
    assert (await desk.read(alert.id)).state is State.FAILED
    assert await bench.database.test_alerts.count_documents({}) == 0
    assert alert.job == CONTRACT.name
    assert timedelta(milliseconds=alert.not_before - alert.created) >= timedelta(0)


async def test_failures_that_were_all_replayed_meanwhile_are_no_mail(bench: Bench) -> None:
    desk = bench.desk(mailer=Forbidden())
    run = (await desk.enqueue(digest_of())).run
    await desk.deliver(run)
    assert await bench.result(desk, run) == {"state": "skipped", "reason": "nothing to tell"}


async def test_without_operators_an_alert_fails_and_says_which_setting_is_empty(bench: Bench) -> None:
    desk = bench.desk(head=bench.head(operators=()))
    run = (await desk.enqueue(digest_of())).run
    await desk.deliver(run)
    assert (await desk.read(run.id)).reason == "no operators are configured: MAIL_OPERATORS is empty"


@pytest.mark.parametrize("suppressed", [False, True], ids=["sent", "skipped"])
async def test_a_mail_is_stored_with_the_owner_of_its_run(bench: Bench, *, suppressed: bool) -> None:
    """Who is erased with theirs: the record is kept longer than the run."""
    if suppressed:
        await bench.database.suppressions.insert_one({"_id": bench.to.lower(), "state": "bounced"})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in(), owner="ann")).run
    await desk.deliver(run)
    assert (await bench.record(run))["owner"] == "ann"
