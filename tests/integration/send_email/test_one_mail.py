"""A mail is sent once, with the bytes that were stored before the first call."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from functions.send_email.contract import ReportMail, SendEmail
from functions.send_email.mails import Mail
from functions.send_email.placeholder import SIGN_IN
from functions.send_email.render import Rendered, render
from shared.runs.model import State
from shared.tokens import sign_in_link
from tests.integration.send_email.bench import Bench
from tests.integration.send_email.mailers import Announced, DiesAfter, DiesBefore, Forbidden, Killed


def other_words(mail: Mail) -> Rendered:
    """What the next deploy's templates make of a mail."""
    rendered = render(mail)
    return replace(rendered, subject="Other words", html=f"<h1>Other</h1>{rendered.html}")


async def test_a_person_gets_the_link_under_the_runs_key(bench: Bench) -> None:
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run

    handled = await desk.deliver(run)

    assert (handled.answer.status, handled.answer.outcome) == (200, "succeeded")
    (mail,) = bench.mails()
    link = sign_in_link("https://app.race.dev", run.id, bench.token(run))
    assert link in mail["text"]
    assert link.replace("&", "&amp;") in mail["html"]
    assert (mail["from"], mail["to"], mail["idempotency_key"]) == ("Mill <mill@race.dev>", [bench.to], run.id)
    assert {tag["name"]: tag["value"] for tag in mail["tags"]} == {"kind": "sign_in", "stage": "dev", "run": run.id}
    assert await bench.result(desk, run) == {"state": "sent", "resend_id": mail["id"]}
    record = await bench.record(run)
    assert (record["state"], record["resend_id"], record["calls"], record["answered"]) == ("sent", mail["id"], 1, 1)


async def test_a_second_delivery_of_the_same_message_calls_nobody(bench: Bench) -> None:
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)

    again = await bench.desk(mailer=Forbidden()).deliver(run)

    assert (again.answer.status, again.answer.outcome) == (200, "done")


async def test_the_request_is_stored_before_the_call_with_a_placeholder_for_the_secret(bench: Bench) -> None:
    """Case 24: the store holds how to make the secret, not the secret."""
    desk = bench.desk(mailer=DiesBefore())
    run = (await desk.enqueue(bench.sign_in())).run
    with pytest.raises(Killed):
        await desk.deliver(run)

    record = await bench.record(run)
    request = json.loads(record["request"])
    assert set(request) == {"from", "to", "subject", "html", "text", "headers", "tags"}
    assert SIGN_IN in request["html"]
    assert SIGN_IN in request["text"]
    assert (record["state"], record["kid"], record["calls"], record["answered"]) == ("calling", "k1", 1, 0)
    assert record["first_call_at"] == record["touched"]
    assert bench.mails() == []


async def test_killed_between_the_record_and_the_call_the_mail_is_sent_by_the_next_delivery(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    with pytest.raises(Killed):
        await bench.desk(mailer=DiesBefore()).deliver(run)

    handled = await bench.again(bench.desk(), run)

    assert handled.answer.outcome == "succeeded"
    assert len(bench.mails()) == 1
    assert (await bench.record(run))["calls"] == 2


async def test_killed_between_the_call_and_the_outcome_there_is_one_mail(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    with pytest.raises(Killed):
        await bench.desk(mailer=DiesAfter(bench.services.mailer)).deliver(run)

    handled = await bench.again(bench.desk(), run)

    assert handled.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["calls"] == 2
    assert await bench.result(bench.desk(), run) == {"state": "sent", "resend_id": mail["id"]}


async def test_killed_after_the_outcome_was_stored_nobody_is_called_again(bench: Bench) -> None:
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await desk.change(run.id, state=State.RUNNING.value, result=None)  # as if it had not come to settling

    handled = await bench.again(bench.desk(mailer=Forbidden(), render=None), run)

    assert handled.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert await bench.result(desk, run) == {"state": "sent", "resend_id": mail["id"]}


async def test_case_22_a_lost_answer_and_a_deploy_with_other_templates_make_one_mail(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    bench.fault({"drop_answer": True})
    first = await bench.desk().deliver(run)
    before = (await bench.record(run))["request"]

    second = await bench.again(bench.desk(render=other_words), run)

    assert (first.answer.status, first.answer.outcome) == (503, "retrying")
    assert second.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["calls"] == 2
    assert mail["subject"] != "Other words"
    assert (await bench.record(run))["request"] == before


async def test_case_22_another_payload_under_the_same_key_is_uncertain_and_never_called_again(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    bench.fault({"drop_answer": True})
    await bench.desk().deliver(run)
    request = json.loads((await bench.record(run))["request"]) | {"subject": "Somebody changed the record"}
    await bench.database.emails.update_one({"_id": run.id}, {"$set": {"request": json.dumps(request)}})

    handled = await bench.again(bench.desk(), run)

    assert handled.answer.status == 489
    failed = await bench.desk().read(run.id)
    assert (failed.state, failed.error and failed.error["code"]) == (State.FAILED, "uncertain_effect")
    assert failed.reason == "resend: another mail was sent under this run's key"
    record = await bench.record(run)
    assert (record["state"], record["said"]["name"]) == ("uncertain", "invalid_idempotent_request")
    assert await bench.database.test_alerts.count_documents({"run": run.id}) == 1
    assert len(bench.mails()) == 1


async def test_configuration_that_changes_between_two_attempts_changes_no_byte(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    bench.fault({"drop_answer": True})
    await bench.desk().deliver(run)
    moved = bench.head(sender="New <new@race.dev>", app_url="https://new.race.dev", operators=(), stage="prod")

    await bench.again(bench.desk(head=moved), run)

    (mail,) = bench.mails()
    assert (mail["calls"], mail["from"]) == (2, "Mill <mill@race.dev>")
    assert "https://app.race.dev/sign-in#" in mail["text"]
    assert "new.race.dev" not in json.dumps(mail)


async def test_two_deliveries_at_once_make_one_mail(bench: Bench) -> None:
    """The second finds the lease over while the first still waits for Resend."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    bench.fault({"delay": 0.6})
    announced = Announced(bench.services.mailer)
    first = asyncio.create_task(bench.desk(mailer=announced).deliver(run))
    await announced.began.wait()

    await bench.again(bench.desk(), run)
    await first
    final = await bench.again(bench.desk(), run)

    assert final.answer.status == 200
    assert len(bench.mails()) == 1
    record = await bench.record(run)
    assert (record["state"], record["calls"]) == ("sent", record["answered"])
    assert record["calls"] >= 2


async def test_a_report_is_sent_and_a_placeholder_that_a_person_typed_stays_words(bench: Bench) -> None:
    report = ReportMail(
        to=bench.to,
        title=f"Q3 {SIGN_IN}",
        link="https://files.race.dev/r.pdf?sig=a&b=c",
        expires_at=datetime(2026, 12, 1, tzinfo=UTC),
        highlights=("one", "<b>two</b>"),
    )
    desk = bench.desk()
    run = (await desk.enqueue(SendEmail(mail=report))).run

    await desk.deliver(run)

    (mail,) = bench.mails()
    assert SIGN_IN in mail["html"]
    assert "<b>two</b>" not in mail["html"]
    assert "https://files.race.dev/r.pdf?sig=a&b=c" in mail["text"]


async def test_a_payload_that_fits_no_mail_fails_at_once_and_is_not_quoted(bench: Bench) -> None:
    report = ReportMail(to=bench.to, title="t" * 300, link="javascript:x", expires_at=datetime(2026, 12, 1, tzinfo=UTC))
    desk = bench.desk()
    run = (await desk.enqueue(SendEmail(mail=report))).run

    handled = await desk.deliver(run)

    assert handled.answer.status == 489
    reason = (await desk.read(run.id)).reason or ""
    assert "title" in reason
    assert "link" in reason
    assert "javascript" not in reason
    assert await bench.database.emails.count_documents({}) == 0


async def test_with_too_little_time_left_the_run_is_handed_back_before_the_call_is_counted(bench: Bench) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run

    handled = await bench.desk(mailer=Forbidden()).deliver(run, remaining=12)

    assert (handled.answer.status, handled.answer.outcome) == (503, "retrying")
    assert await bench.database.emails.count_documents({}) == 0
