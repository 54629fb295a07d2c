"""The mail job's promises fit what Resend remembers."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from functions.send_email.contract import CONTRACT, RESEND_REMEMBERS, SendEmail, SignInMail
from functions.send_email.emails import KEPT, WINDOW
from functions.send_email.refusals import LONGEST_CALL
from functions.send_email.sending import FOR_THE_OUTCOME, WORTH_BEGINNING
from shared.runs.model import RETENTION

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_all_tries_fit_the_window_in_which_a_key_is_remembered() -> None:
    assert CONTRACT.faults() == []
    assert CONTRACT.span < WINDOW < RESEND_REMEMBERS


def test_a_call_fits_a_deliverys_deadline() -> None:
    assert CONTRACT.deadline > LONGEST_CALL + FOR_THE_OUTCOME
    assert FOR_THE_OUTCOME < WORTH_BEGINNING < CONTRACT.deadline


def test_a_mails_record_outlives_the_run_that_asks_it() -> None:
    assert RETENTION + CONTRACT.max_age <= KEPT


def test_a_payload_is_told_by_its_kind_and_holds_no_token() -> None:
    mail = SignInMail(to="ann@race.dev", kid="a", minutes=15, requested_at=NOW)
    assert SendEmail.model_validate_json(SendEmail(mail=mail).model_dump_json()).mail == mail
    assert set(SignInMail.model_fields) == {"kind", "to", "kid", "minutes", "requested_at"}


@pytest.mark.parametrize(
    "to", ["", "ann", "ann@race.dev\nBcc: b@race.dev", "a@b.c,d@e.f", "Ann <ann@race.dev>", "a b@c.d"]
)
def test_only_one_bare_address_is_a_recipient(to: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SignInMail(to=to, kid="a", minutes=15, requested_at=NOW)
    assert to == "" or to not in str(caught.value)
