"""What an event does to its mail's record, and to its addresses."""

import pytest

from tests.integration.email_events.bench import TO, Post
from tests.support.svix import NOON


async def test_a_mail_is_found_by_its_id_at_resend(post: Post) -> None:
    run = await post.sent()

    received = await post.tell("delivered", at=NOON)

    assert (received.answer.status, received.answer.outcome) == (200, "recorded")
    assert (received.taken and received.taken.run) == run
    mail = await post.mail(run)
    assert (mail["state"], mail["resend_id"], mail["reason"]) == ("sent", "re_1", "?")
    assert mail["delivery"] == {
        "state": "delivered",
        "at": NOON,
        "addresses": [
            {"address": TO, "state": "delivered", "at": NOON, "told": {"delivered": {"at": NOON, "why": ""}}}
        ],
    }


@pytest.mark.parametrize("state", ["calling", "uncertain", "refused"])
async def test_an_event_proves_that_a_mail_was_sent_whatever_was_thought_of_it(post: Post, state: str) -> None:
    run = await post.sent(state=state)

    await post.tell("sent", run=run)

    mail = await post.mail(run)
    assert (mail["state"], mail["resend_id"], mail["reason"]) == ("sent", "re_1", None)


async def test_the_id_at_resend_tells_more_than_a_tag(post: Post) -> None:
    """Two records never share one; the tag is what is left where the id is not known yet."""
    other, run = await post.sent("re_2"), await post.sent("re_1")
    await post.tell("delivered", "re_1", run=other)
    assert "delivery" not in await post.mail(other)
    assert (await post.mail(run))["delivery"]["state"] == "delivered"


@pytest.mark.parametrize("tagged", [None, "somebody-elses-run"])
async def test_a_mail_that_we_do_not_know_is_200_and_makes_no_record(post: Post, tagged: str | None) -> None:
    received = await post.tell("delivered", run=tagged)
    assert (received.answer.status, received.answer.outcome) == (200, "unknown")
    assert await post.database.emails.count_documents({}) == 0


@pytest.mark.parametrize("kind", ["bounced", "complained", "suppressed"])
async def test_what_harms_the_senders_name_suppresses_the_address(post: Post, kind: str) -> None:
    run = await post.sent()
    await post.tell(kind, "re_1", "Ann <ANN@race.dev>", at=NOON)
    assert await post.suppressions() == [{"_id": TO, "state": kind, "since": NOON, "run": run, "resend_id": "re_1"}]


@pytest.mark.parametrize("kind", ["sent", "delivered", "delivery_delayed", "soft_bounced", "failed"])
async def test_what_mends_itself_suppresses_nobody(post: Post, kind: str) -> None:
    run = await post.sent()
    await post.tell(kind)
    assert await post.suppressions() == []
    assert (await post.mail(run))["delivery"]["state"] == kind


async def test_a_complaint_about_a_forgotten_mail_suppresses_all_the_same(post: Post) -> None:
    received = await post.tell("complained", at=NOON)
    assert received.answer.outcome == "unknown"
    assert await post.suppressions() == [
        {"_id": TO, "state": "complained", "since": NOON, "run": None, "resend_id": "re_1"}
    ]


async def test_a_bounce_of_one_of_several_who_are_not_told_apart_suppresses_nobody(post: Post) -> None:
    """Resend names all recipients of the mail: one dead mailbox must not silence the other operators' alarms."""
    run = await post.sent()
    await post.tell("bounced", "re_1", "op1@race.dev", "op2@race.dev")
    assert await post.suppressions() == []
    assert (await post.mail(run))["delivery"]["state"] == "bounced"


async def test_delivered_to_one_and_bounced_from_another_is_kept_by_address(post: Post) -> None:
    run = await post.sent()
    await post.tell("bounced", "re_1", "op1@race.dev", at=NOON + 2)
    await post.tell("delivered", "re_1", "op2@race.dev", at=NOON + 1)

    delivery = (await post.mail(run))["delivery"]

    assert (delivery["state"], delivery["at"]) == ("bounced", NOON + 2)
    assert [(one["address"], one["state"]) for one in delivery["addresses"]] == [
        ("op1@race.dev", "bounced"),
        ("op2@race.dev", "delivered"),
    ]
    assert [one["_id"] for one in await post.suppressions()] == ["op1@race.dev"]
