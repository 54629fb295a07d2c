"""Ordered faults look to the SDK like the real ones."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest
import resend
from resend.exceptions import RateLimitError, ResendError

Mail = resend.Emails.SendParams


def order(url: str, *faults: dict[str, Any]) -> None:
    httpx.post(f"{url}/local/faults", json={"next": list(faults)}, timeout=30).raise_for_status()


def delivered(url: str, to: str) -> list[str]:
    return [found["id"] for found in httpx.get(f"{url}/local/emails", params={"to": to}, timeout=30).json()["data"]]


def test_a_rate_limit_comes_with_its_wait(url: str, mail: Mail, to: str) -> None:
    order(url, {"status": 429, "name": "rate_limit_exceeded", "headers": {"retry-after": "2"}})
    with pytest.raises(RateLimitError) as caught:
        resend.Emails.send(mail)
    assert (caught.value.error_type, caught.value.headers["retry-after"]) == ("rate_limit_exceeded", "2")
    assert delivered(url, to) == []


def test_a_lost_answer_is_a_network_failure_after_which_the_mail_is_there(url: str, mail: Mail, to: str) -> None:
    order(url, {"drop_answer": True})
    options: resend.Emails.SendOptions = {"idempotency_key": str(uuid4())}
    with pytest.raises(ResendError) as caught:
        resend.Emails.send(mail, options)
    assert (caught.value.code, caught.value.error_type) == (500, "HttpClientError")
    (only,) = delivered(url, to)
    assert resend.Emails.send(mail, options)["id"] == only
    assert delivered(url, to) == [only]


async def test_a_lost_answer_is_a_network_failure_async(url: str, mail: Mail, to: str) -> None:
    order(url, {"drop_answer": True})
    with pytest.raises(ResendError) as caught:
        await resend.Emails.send_async(mail)
    assert caught.value.error_type == "HttpClientError"
    assert len(delivered(url, to)) == 1


def test_a_lost_request_is_a_network_failure_and_no_mail(url: str, mail: Mail, to: str) -> None:
    order(url, {"drop_request": True})
    with pytest.raises(ResendError) as caught:
        resend.Emails.send(mail)
    assert caught.value.error_type == "HttpClientError"
    assert delivered(url, to) == []


def test_a_second_call_while_the_first_is_in_flight_is_told_to_come_later(url: str, mail: Mail, to: str) -> None:
    order(url, {"delay": 2})
    options: resend.Emails.SendOptions = {"idempotency_key": str(uuid4())}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(resend.Emails.send, mail, options)
        while httpx.get(f"{url}/local/faults", timeout=30).json()["armed"]:
            time.sleep(0.01)
        with pytest.raises(ResendError) as caught:
            resend.Emails.send(mail, options)
    assert (caught.value.code, caught.value.error_type) == (409, "concurrent_idempotent_requests")
    assert delivered(url, to) == [first.result()["id"]]


def test_the_server_goes_on_after_a_lost_connection(url: str, mail: Mail, to: str) -> None:
    for _ in range(3):
        order(url, {"drop_answer": True})
        with pytest.raises(ResendError):
            resend.Emails.send(mail)
    resend.Emails.send(mail)
    assert len(delivered(url, to)) == 4
