"""The record of a mail by itself: what racing workers may and may not do to it."""

import asyncio
from datetime import UTC, datetime

import pytest

from functions.send_email import emails
from functions.send_email.emails import KEPT, Draft, Skipped
from functions.send_email.refusals import Said
from shared.clock import new_token
from shared.database import Database
from shared.errors import DependencyDown
from shared.mail.state import State

NO = Said(422, "validation_error", "no")


def draft(words: str) -> Draft:
    return Draft("sign_in", {"subject": words, "html": "$html", "text": ""}, kid="k1")


async def test_of_two_workers_that_prepared_a_mail_the_first_ones_bytes_are_everybodys(database: Database) -> None:
    begun = await asyncio.gather(
        *(emails.begin(database, "run", draft(f"words {n}"), by=new_token()) for n in range(6))
    )
    assert len({str(email.request) for email in begun}) == 1
    record = await database.emails.find_one({"_id": "run"})
    assert record is not None
    assert (record["calls"], record["answered"]) == (6, 0)


async def test_a_call_whose_begin_is_repeated_is_counted_once(database: Database) -> None:
    """The store's answer was lost, and the driver asks again, perhaps after another worker."""
    for by in ("a", "a", "b", "a"):
        await emails.begin(database, "run", draft("words"), by=by)
    record = await database.emails.find_one({"_id": "run"})
    assert record is not None
    assert record["calls"] == 2


async def test_a_later_draft_does_not_change_a_mail_that_was_begun(database: Database) -> None:
    await emails.begin(database, "run", draft("first"), by=new_token())
    again = await emails.begin(database, "run", draft("second"), by=new_token())
    assert again.request["subject"] == "first"


async def test_a_dollar_in_a_mail_is_a_dollar(database: Database) -> None:
    """Case 18: no part of a request is read as a field."""
    begun = await emails.begin(database, "run", draft("$subject"), by=new_token())
    await emails.not_taken(database, "run", Said(429, "rate_limit_exceeded", "$state"))
    found = await emails.find(database, "run")
    assert found is not None
    assert (found.request, found.request["subject"]) == (begun.request, "$subject")


async def test_a_mail_that_was_begun_is_not_skipped(database: Database) -> None:
    await emails.begin(database, "run", draft("first"), by=new_token())
    left = await emails.skip(database, "run", Skipped("sign_in", "suppressed"))
    assert (left.state, left.request["subject"]) == (State.CALLING, "first")


async def test_proof_that_a_mail_was_taken_wins_over_every_doubt(database: Database) -> None:
    await emails.begin(database, "run", draft("first"), by=new_token())
    await emails.begin(database, "run", None, by=new_token())
    assert (await emails.refused(database, "run", NO)).state is State.UNCERTAIN
    assert (await emails.taken(database, "run", "re_1")).state is State.SENT
    for later in (emails.refused, emails.doubted, emails.not_taken):
        assert (await later(database, "run", NO)).state is State.SENT
    assert (await emails.begin(database, "run", draft("second"), by=new_token())).result() == {
        "state": "sent",
        "resend_id": "re_1",
    }


async def test_a_record_goes_some_time_after_it_was_last_touched(database: Database) -> None:
    await emails.begin(database, "run", draft("first"), by=new_token())
    record = await database.emails.find_one({"_id": "run"})
    assert record is not None
    assert abs(record["expires_at"] - datetime.now(UTC) - KEPT).total_seconds() < 600


async def test_a_record_that_vanished_is_not_called_for(database: Database) -> None:
    with pytest.raises(DependencyDown):
        await emails.begin(database, "run", None, by=new_token())
    assert await emails.find(database, "run") is None
