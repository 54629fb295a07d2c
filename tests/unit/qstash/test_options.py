"""What headers say, and what they may not say."""

from collections.abc import Mapping

import pytest

from infra.local.qstash.errors import QStashError
from infra.local.qstash.model import FlowControl, Options
from infra.local.qstash.options import Given, read_options
from infra.local.qstash.settings import FREE, PAY_AS_YOU_GO, Plan


def read(headers: Mapping[str, str], plan: Plan = PAY_AS_YOU_GO) -> Options:
    return read_options(Given(headers.items()), plan)


def test_nothing_said_means_post_and_three_retries() -> None:
    assert read({}) == Options(method="POST", retries=3)


def test_names_are_read_in_any_case() -> None:
    assert read({"uPsTaSh-ReTrIeS": "2"}).retries == 2


def test_forwarded_headers_and_the_content_type_go_along_and_others_do_not() -> None:
    headers = {"Content-Type": "text/plain", "Upstash-Forward-X-One": "1", "X-Two": "2", "Authorization": "Bearer t"}
    assert read(headers).headers == {"Content-Type": ["text/plain"], "X-One": ["1"]}


def test_header_forward_takes_all_but_the_connections_own_and_the_token() -> None:
    headers = {"Upstash-Header-Forward": "true", "X-Two": "2", "Authorization": "Bearer t", "Host": "h"}
    assert read(headers).headers == {"X-Two": ["2"]}


def test_a_forwarded_header_cannot_break_the_request() -> None:
    assert read({"Upstash-Forward-Content-Length": "5", "Upstash-Forward-Host": "h"}).headers == {}


@pytest.mark.parametrize("value", ["True", "true"])
def test_both_sdks_words_for_true_are_known(value: str) -> None:
    assert read({"Upstash-Content-Based-Deduplication": value}).content_deduplication


def test_flow_control() -> None:
    headers = {"Upstash-Flow-Control-Key": "k", "Upstash-Flow-Control-Value": "parallelism=2, rate=10, period=1m"}
    assert read(headers).flow == FlowControl("k", parallelism=2, rate=10, period=60)


def test_a_callback_has_options_of_its_own() -> None:
    options = read(
        {
            "Upstash-Callback": "http://h/cb",
            "Upstash-Callback-Method": "PUT",
            "Upstash-Callback-Retries": "1",
            "Upstash-Callback-Forward-X-A": "a",
            "Upstash-Failure-Callback": "http://h/f",
            "Upstash-Failure-Callback-Timeout": "5s",
            "Upstash-Retries": "2",
        }
    )
    assert options.callback is not None
    assert options.failure_callback is not None
    assert (options.callback.url, options.callback.options) == (
        "http://h/cb",
        Options(method="PUT", retries=1, headers={"X-A": ["a"]}),
    )
    assert options.failure_callback.options == Options(timeout=5.0)
    assert options.retries == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Method", "TRACE"),
        ("Retries", "-1"),
        ("Retries", "6"),
        ("Retries", "many"),
        ("Retries", "9" * 5000),
        ("Retries", "0000009"),
        ("Retry-Delay", "import os"),
        ("Delay", "tomorrow"),
        ("Delay", "366d"),
        ("Timeout", "3h"),
        ("Not-Before", "soon"),
        ("Callback", "ftp://h/x"),
        ("Failure-Callback", "nowhere"),
        ("Forward-X", "a\r\nHost: evil"),
    ],
)
def test_refuses_with_400(name: str, value: str) -> None:
    with pytest.raises(QStashError) as refusal:
        read({f"Upstash-{name}": value})
    assert refusal.value.status == 400


@pytest.mark.parametrize("value", ["", "rate=0", "rate=x", "speed=3", "parallelism=1,period=8d", "period=1s"])
def test_refuses_a_flow_control_without_sound_limits(value: str) -> None:
    with pytest.raises(QStashError):
        read({"Upstash-Flow-Control-Key": "k", "Upstash-Flow-Control-Value": value})


def test_a_smaller_plan_allows_less() -> None:
    with pytest.raises(QStashError, match="this plan allows 3"):
        read({"Upstash-Retries": "4"}, FREE)
