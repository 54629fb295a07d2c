"""Resend's webhook may come between any two of send_email's own writes: one mail, and a record that says so."""

import asyncio

import pytest

from functions.send_email import emails
from functions.send_email.contract import CONTRACT
from functions.send_email.emails import Draft
from functions.send_email.refusals import KeyConflict, MailNotTaken, MailRefused, NoVerdict, Said
from shared.runs.model import State
from shared.runs.revive import replay
from tests.integration.email_events.bench import Beforehand, Lost, Overtaken, Post
from tests.integration.send_email.bench import Bench
from tests.integration.send_email.mailers import Forbidden, Killed

LATER = Said(429, "rate_limit_exceeded", "later")
NO = Said(422, "validation_error", "no")
ANOTHER = Said(409, "invalid_idempotent_request", "another payload")


@pytest.mark.parametrize(
    "ends",
    [None, NoVerdict("the connection broke"), MailNotTaken(LATER), MailRefused(NO), KeyConflict(ANOTHER), Killed()],
    ids=lambda ends: type(ends).__name__,
)
async def test_it_comes_before_the_answer_whatever_that_is(
    bench: Bench, post: Post, ends: BaseException | None
) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    resend = Overtaken(post, ends)
    if isinstance(ends, Killed):
        with pytest.raises(Killed):
            await bench.desk(mailer=resend).deliver(run)
    else:
        await bench.desk(mailer=resend).deliver(run)

    await bench.again(bench.desk(mailer=Forbidden()), run)

    assert (await bench.desk().read(run.id)).state is State.SUCCEEDED
    assert await bench.result(bench.desk(), run) == {"state": "sent", "resend_id": "re_1"}
    record = await bench.record(run)
    assert (record["state"], record["resend_id"], record["reason"], resend.calls) == ("sent", "re_1", None, 1)
    assert record["delivery"]["state"] == "delivered"


@pytest.mark.parametrize(
    "ends", [NoVerdict("the connection broke"), MailNotTaken(LATER)], ids=lambda e: type(e).__name__
)
async def test_it_comes_before_the_answer_of_the_last_try(bench: Bench, post: Post, ends: Exception) -> None:
    """Nobody would look again: the run must not fail, and alarm operators, over a mail that is known to be sent."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk().change(run.id, tries=CONTRACT.tries - 1)
    assert (await bench.desk(mailer=Overtaken(post, ends)).deliver(run)).answer.outcome == "succeeded"
    assert await bench.result(bench.desk(), run) == {"state": "sent", "resend_id": "re_1"}


async def test_it_comes_when_the_mail_was_looked_at_and_its_second_call_not_begun(bench: Bench, post: Post) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk(mailer=Lost(NoVerdict("no answer"))).deliver(run)
    told = Beforehand(lambda: post.tell("delivered", run=run.id))

    handled = await bench.again(bench.desk(mailer=Forbidden(), breaker=told), run)

    assert handled.answer.outcome == "succeeded"
    assert (await bench.record(run))["calls"] == 1


async def test_it_comes_when_the_next_delivery_is_waited_for(bench: Bench, post: Post) -> None:
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk(mailer=Lost(NoVerdict("no answer"))).deliver(run)
    await post.tell("sent", run=run.id)
    assert (await bench.again(bench.desk(mailer=Forbidden()), run)).answer.outcome == "succeeded"


async def test_it_comes_when_the_run_has_failed_as_uncertain(bench: Bench, post: Post) -> None:
    """The run stays as it ended; its record tells, and a person's replay ends at once, with no second mail."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk(mailer=Lost(NoVerdict("no answer"))).deliver(run)
    await bench.age(run, 24)
    assert (await bench.again(bench.desk(mailer=Forbidden()), run)).answer.status == 489
    assert (await bench.record(run))["state"] == "uncertain"

    await post.tell("delivered", run=run.id)

    failed = await bench.desk().read(run.id)
    assert (failed.state, (await bench.record(run))["state"]) == (State.FAILED, "sent")
    replayed = await replay(bench.database, failed, by="op", max_age=3_600_000)
    assert replayed is not None
    assert (await bench.desk(mailer=Forbidden()).deliver(replayed)).answer.outcome == "succeeded"


async def test_it_comes_when_a_replay_of_a_refused_mail_begins(bench: Bench, post: Post) -> None:
    """Resend has refused it, and yet tells of it: its word that it was sent is the last one."""
    run = (await bench.desk().enqueue(bench.sign_in())).run
    await bench.desk(mailer=Lost(MailRefused(NO))).deliver(run)
    failed = await bench.desk().read(run.id)
    replayed = await replay(bench.database, failed, by="op", max_age=3_600_000)
    assert replayed is not None
    told = Beforehand(lambda: post.tell("sent", run=run.id))

    handled = await bench.desk(mailer=Forbidden(), breaker=told).deliver(replayed)

    assert handled.answer.outcome == "succeeded"


async def test_begun_at_the_very_moment_a_call_is_made_only_where_the_record_said_calling(post: Post) -> None:
    for number in range(12):
        run = f"run-{number}"
        await emails.begin(post.database, run, Draft("sign_in", {}), by="first")
        begun, received = await asyncio.gather(
            emails.begin(post.database, run, None, by="second"), post.tell("sent", f"re_{number}", run=run)
        )
        mail = await post.mail(run)
        assert (received.answer.outcome, mail["state"]) == ("recorded", "sent")
        assert mail["calls"] == (2 if begun.state == "calling" else 1)
