"""When the next try is due, by whose word."""

import pytest

from infra.local.qstash.clock import Scale
from infra.local.qstash.model import Answer, Headers
from infra.local.qstash.retry import asked_delay, backoff, is_final_refusal, next_delay

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT
REAL = Scale()


def answer(headers: Headers | None = None, status: int = 500) -> Answer:
    return Answer(status, headers or {}, b"")


@pytest.mark.parametrize(
    ("retry", "seconds"), [(1, 12.18), (2, 148.4), (3, 1808.0), (4, 22026.5), (5, 86400.0), (400, 86400.0)]
)
def test_backoff_grows_to_a_day(retry: int, seconds: float) -> None:
    assert backoff(retry) == pytest.approx(seconds, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("6m5s", 365.0),
        ("20ms", 0.02),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("999999", 86400.0),
        ("Fri, 15 Jan 2028 08:00:00 GMT", 86400.0),
    ],
)
def test_an_answer_may_ask_for_a_wait(value: str, seconds: float) -> None:
    assert asked_delay({"Retry-After": [value]}, now=NOW) == pytest.approx(seconds)


@pytest.mark.parametrize("value", ["soon", "", "-5", "12 parsecs", "1e9"])
def test_what_cannot_be_read_asks_for_nothing(value: str) -> None:
    assert asked_delay({"Retry-After": [value]}, now=NOW) is None


@pytest.mark.parametrize("name", ["X-Ratelimit-Reset", "X-Ratelimit-Reset-Requests", "X-Ratelimit-Reset-Tokens"])
def test_rate_limit_headers_ask_too(name: str) -> None:
    assert asked_delay({name: ["7s"]}, now=NOW) == 7.0


def test_the_answer_wins_over_the_expression_and_is_never_scaled() -> None:
    delay = next_delay(answer({"Retry-After": ["3"]}), expression="60000", retried=0, now=NOW, scale=Scale(1000))
    assert delay == 3.0


def test_the_expression_wins_over_the_backoff_and_counts_retries_from_zero() -> None:
    delays = [
        next_delay(answer(), expression="1000 * (1 + retried)", retried=retried, now=NOW, scale=REAL)
        for retried in range(3)
    ]
    assert delays == [1.0, 2.0, 3.0]


def test_own_waits_are_scaled() -> None:
    assert next_delay(answer(), expression="60000", retried=0, now=NOW, scale=Scale(60)) == 1.0
    assert next_delay(answer(), expression=None, retried=4, now=NOW, scale=Scale(86400)) == 1.0


def test_an_expression_that_loses_its_meaning_falls_back() -> None:
    delay = next_delay(answer(), expression="1000 / (1 - retried)", retried=1, now=NOW, scale=REAL)
    assert delay == backoff(2)


def test_an_expression_waits_a_day_at_most() -> None:
    assert next_delay(answer(), expression="exp(1000)", retried=0, now=NOW, scale=REAL) == 86400.0


@pytest.mark.parametrize(
    ("status", "header", "final"),
    [(489, "true", True), (489, "false", False), (489, None, False), (400, "true", False)],
)
def test_only_489_with_its_header_ends_the_retries(status: int, header: str | None, final: bool) -> None:
    headers = {} if header is None else {"Upstash-Nonretryable-Error": [header]}
    assert is_final_refusal(answer(headers, status)) is final
