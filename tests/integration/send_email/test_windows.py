"""Case 23: past the time that Resend remembers a key, a mail that may have been sent is a person's decision."""

from pydantic import SecretStr

from shared.config import TokenSettings
from shared.runs.model import State
from shared.runs.revive import replay, revive
from shared.tokens import key_ring
from tests.integration.send_email.bench import KID, SECRET, Bench
from tests.integration.send_email.mailers import Forbidden


async def test_case_23_past_the_window_a_mail_with_an_open_call_is_never_sent_again_by_itself(bench: Bench) -> None:
    bench.fault({"drop_request": True})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await bench.age(run, hours=23.6)

    late = await bench.again(bench.desk(mailer=Forbidden()), run)

    assert late.answer.status == 489
    failed = await desk.read(run.id)
    assert (failed.state, failed.reason) == (
        State.FAILED,
        "the mail may have been sent, and Resend's memory of it is over",
    )
    assert failed.error is not None
    assert failed.error["code"] == "uncertain_effect"
    assert await bench.database.test_alerts.count_documents({"run": run.id}) == 1
    assert (await bench.record(run))["state"] == "uncertain"
    replayed = await replay(bench.database, failed, by="operator", max_age=3_600_000)
    assert replayed is not None
    assert (await bench.again(bench.desk(mailer=Forbidden()), replayed)).answer.status == 489


async def test_within_the_window_a_revived_run_sends_under_the_same_key(bench: Bench) -> None:
    bench.fault({"drop_answer": True})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await bench.age(run, hours=23.4)
    revived = await revive(bench.database, await desk.read(run.id))
    assert revived is not None

    handled = await bench.again(desk, revived)

    assert handled.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["calls"] == 2


async def test_the_window_is_measured_from_the_first_call_that_may_have_counted(bench: Bench) -> None:
    """Two calls without an answer, the first one long ago: the second does not renew it."""
    bench.fault({"drop_request": True}, {"drop_request": True})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await bench.age(run, hours=20)
    first = (await bench.record(run))["first_call_at"]

    await bench.again(desk, run)

    assert (await bench.record(run))["first_call_at"] == first


async def test_a_mail_of_which_nothing_was_ever_taken_has_all_the_time_in_the_world(bench: Bench) -> None:
    bench.fault({"status": 429, "name": "rate_limit_exceeded", "headers": {"retry-after": "1"}})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await bench.age(run, hours=30)

    assert (await bench.again(desk, run)).answer.outcome == "succeeded"
    assert len(bench.mails()) == 1


async def test_case_25_a_key_that_is_rotated_between_two_attempts_changes_no_byte(bench: Bench) -> None:
    bench.fault({"drop_answer": True})
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk().deliver(run)
    rotated = key_ring(TokenSettings(stage="prod", token_keys=SecretStr(f"k2:{'n' * 32},{KID}:{SECRET}")))

    handled = await bench.again(bench.desk(keys=rotated), run)

    assert handled.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["calls"] == 2
    assert bench.token(run) in mail["text"]


async def test_a_key_that_this_function_does_not_have_yet_costs_no_call(bench: Bench) -> None:
    """The API was deployed first: the mail waits for this function's own deploy."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    other = key_ring(TokenSettings(stage="prod", token_keys=SecretStr(f"k0:{'o' * 32}")))

    first = await bench.desk(keys=other, mailer=Forbidden()).deliver(run)

    assert first.answer.status == 503
    assert await bench.database.emails.count_documents({}) == 0
    assert (await bench.again(bench.desk(), run)).answer.outcome == "succeeded"


async def test_a_refused_mail_that_a_person_replays_is_made_anew(bench: Bench) -> None:
    """Nothing of it was ever taken, and with the refused bytes it would be refused for ever."""
    bench.fault({"status": 403, "name": "invalid_from_address"})
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk().deliver(run)
    replayed = await replay(bench.database, await bench.desk().read(run.id), by="operator", max_age=3_600_000)
    assert replayed is not None

    mended = bench.desk(head=bench.head(sender="Mill <verified@race.dev>"))
    handled = await bench.again(mended, replayed)

    assert handled.answer.outcome == "succeeded"
    (mail,) = bench.mails()
    assert mail["from"] == "Mill <verified@race.dev>"
    record = await bench.record(run)
    assert (record["state"], record["calls"], record["reason"]) == ("sent", 1, None)


async def test_a_run_that_is_used_up_after_its_mail_went_out_has_succeeded(bench: Bench) -> None:
    """The last try was killed before it could settle: the mail's record is the evidence."""
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    attempts = [{"fence": 1, "started": 0}]
    await desk.change(run.id, state=State.RUNNING.value, result=None, tries=6, attempts=attempts)

    handled = await bench.again(bench.desk(mailer=Forbidden()), run)

    assert handled.answer.status == 200
    ended = await desk.read(run.id)
    assert (ended.state, ended.reason) == (State.SUCCEEDED, "succeeded before it was exhausted")
    assert (await bench.result(desk, run))["state"] == "sent"


async def test_a_run_that_is_used_up_with_an_open_call_has_no_evidence_and_fails(bench: Bench) -> None:
    bench.fault({"drop_answer": True})
    desk = bench.desk()
    run = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(run)
    await desk.change(run.id, state=State.RUNNING.value, tries=6, attempts=[{"fence": 1, "started": 0}])

    assert (await bench.again(bench.desk(mailer=Forbidden()), run)).answer.status == 489
    assert (await desk.read(run.id)).state is State.FAILED
