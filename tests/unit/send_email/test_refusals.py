"""What each of Resend's answers means for a mail."""

import pytest

from functions.send_email.refusals import (
    KeyConflict,
    MailNotTaken,
    MailRefused,
    NoVerdict,
    Verdict,
    verdict,
    wait_of,
)
from shared.breakers.breaker import Sign, told_by


def of(status: int, name: str, **headers: str) -> Verdict:
    words = {key.replace("_", "-"): value for key, value in headers.items()}
    return verdict(status=status, name=name, message="to ann@race.dev", headers=words)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "validation_error"),
        (400, "invalid_idempotency_key"),
        (403, "validation_error"),
        (403, "invalid_from_address"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (422, "validation_error"),
        (422, "missing_required_field"),
        (422, "invalid_parameter"),
        (429, "daily_quota_exceeded"),
        (429, "monthly_quota_exceeded"),
        (451, "security_error"),
    ],
)
def test_validation_and_quotas_are_refusals_for_good(status: int, name: str) -> None:
    error = of(status, name)
    assert isinstance(error, MailRefused)
    assert error.message == f"resend: {name} ({status})"


@pytest.mark.parametrize(
    ("status", "name"), [(401, "missing_api_key"), (401, "restricted_api_key"), (403, "invalid_api_key")]
)
def test_a_wrong_key_is_the_deployments_fault_and_mails_wait_for_the_next_one(status: int, name: str) -> None:
    error = of(status, name)
    assert isinstance(error, MailNotTaken)
    assert error.retry_after is None
    assert told_by(error, "resend") is Sign.FAILED  # every mail's: left alone, they wait without using their tries up


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (500, "application_error"),
        (500, "internal_server_error"),
        (503, "anything"),
        (403, "application_error"),  # the SDK's name for a page that was no JSON: a proxy's, not Resend's
        (200, "application_error"),
        (400, "InternalServerError"),
    ],
)
def test_what_is_not_resends_own_word_leaves_the_mails_fate_open(status: int, name: str) -> None:
    assert isinstance(of(status, name), NoVerdict)


def test_a_rate_limit_waits_as_its_headers_say() -> None:
    error = of(429, "rate_limit_exceeded", retry_after="7", ratelimit_reset="2")
    assert isinstance(error, MailNotTaken)
    assert error.retry_after == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2),
        ({"ratelimit-reset": " 1.5 "}, 1.5),
        ({"retry-after": "soon", "ratelimit-reset": "3"}, 3),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "999999999"}, 3600),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        ({"retry-after": "1" * 400}, None),
        ({}, None),
    ],
)
def test_a_wait_is_taken_from_the_headers_within_bounds(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_of(headers) == seconds


def test_a_call_in_flight_under_the_same_key_is_waited_for() -> None:
    error = of(409, "concurrent_idempotent_requests")
    assert isinstance(error, MailNotTaken)
    assert error.retry_after == 5


def test_another_payload_under_our_key_is_uncertain_and_not_refused() -> None:
    """Case 22."""
    assert isinstance(of(409, "invalid_idempotent_request"), KeyConflict)


@pytest.mark.parametrize("status", [400, 409, 429, 500])
@pytest.mark.parametrize("name", ["validation_error", "ann@race.dev said\nso", "invalid_idempotent_request"])
def test_nothing_that_quotes_the_request_is_in_an_errors_words(status: int, name: str) -> None:
    assert "ann@" not in str(of(status, name))
