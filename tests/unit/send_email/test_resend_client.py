"""The wrapper over Resend's SDK: the wire, the timeouts, and what each broken answer becomes."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import resend
from pydantic import SecretStr

from functions.send_email.refusals import MailNotTaken, MailRefused, NoVerdict
from functions.send_email.resend_client import ResendClient, Transport
from shared.config import MailSettings

REQUEST = {"from": "Mill <m@race.dev>", "to": ["ann@race.dev"], "subject": "Grüße", "html": "<p>“Hi”</p>", "text": "Hi"}
TAKEN = {"id": "49a3999c"}


@pytest.fixture(autouse=True)
def sdk_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("api_key", "api_url", "default_async_http_client"):
        monkeypatch.setattr(resend, name, getattr(resend, name))


def client(answer: Callable[[httpx.Request], Any], key: str = "re_1") -> ResendClient:
    settings = MailSettings(
        stage="dev", resend_api_key=SecretStr(key), resend_api_url="https://mail.test", mail_from="m@race.dev"
    )
    return ResendClient(settings, Transport(httpx.MockTransport(answer)))


async def test_a_call_carries_the_key_and_the_bytes_that_it_is_given() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=TAKEN)

    mails = client(answer)
    assert [await mails.send(REQUEST, key="run_1", within=5) for _ in range(2)] == ["49a3999c"] * 2

    first, again = seen
    assert (first.method, str(first.url)) == ("POST", "https://mail.test/emails")
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == "run_1"
    assert first.headers["authorization"] == "Bearer re_1"
    assert first.headers["content-type"] == "application/json"
    assert first.content == again.content
    assert json.loads(first.content) == REQUEST
    assert "“Hi”".encode() in first.content


async def test_two_clients_in_one_process_keep_their_own_keys() -> None:
    """The SDK has one key for all; both calls are in flight at once."""
    seen: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        seen.append(request.headers["authorization"])
        return httpx.Response(200, json=TAKEN)

    both = [client(answer, "re_1"), client(answer, "re_2")]
    await asyncio.gather(*(one.send(REQUEST, key="k", within=5) for one in both))
    assert sorted(seen) == ["Bearer re_1", "Bearer re_2"]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={}),
        httpx.Response(200, json={"id": ""}),
        httpx.Response(200, json={"id": 7}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json=None),
        httpx.Response(200, text="<html>", headers={"content-type": "text/html"}),
        httpx.Response(200, content=b"{", headers={"content-type": "application/json"}),
        httpx.Response(502, text="<html>bad gateway"),
        httpx.Response(500, json={"statusCode": 500, "name": "internal_server_error", "message": "ann@race.dev"}),
        httpx.Response(403, text="<html>who are you", headers={"content-type": "text/html"}),
        httpx.Response(302, headers={"location": "https://elsewhere.test"}),
    ],
)
async def test_an_answer_that_says_nothing_certain_is_no_verdict(answer: httpx.Response) -> None:
    with pytest.raises(NoVerdict):
        await client(lambda _: answer).send(REQUEST, key="k", within=5)


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ReadError("ann@race.dev"),
        httpx.ReadTimeout("ann@race.dev"),
        httpx.WriteError("ann@race.dev"),
        httpx.RemoteProtocolError("ann@race.dev"),
    ],
)
async def test_a_connection_that_broke_is_no_verdict_and_quotes_nothing(fault: Exception) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(NoVerdict) as caught:
        await client(answer).send(REQUEST, key="k", within=5)
    assert "ann@" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("fault", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
async def test_where_no_connection_came_about_nothing_can_have_been_taken(fault: Exception) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise fault

    with pytest.raises(MailNotTaken):
        await client(answer).send(REQUEST, key="k", within=5)


async def test_a_call_takes_no_longer_than_it_may() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200, json=TAKEN)

    started = asyncio.get_running_loop().time()
    with pytest.raises(NoVerdict):
        await client(answer).send(REQUEST, key="k", within=0.05)
    assert asyncio.get_running_loop().time() - started < 5


async def test_a_cancelled_call_is_cancelled_and_not_a_verdict() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.sleep(30)
        return httpx.Response(200, json=TAKEN)

    task = asyncio.create_task(client(answer).send(REQUEST, key="k", within=20))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_resend_says_of_a_refusal_is_kept_for_the_record_but_not_in_the_errors_words() -> None:
    said = {"statusCode": 422, "name": "validation_error", "message": "Invalid `to`: ann@race.dev"}
    with pytest.raises(MailRefused) as caught:
        await client(lambda _: httpx.Response(422, json=said)).send(REQUEST, key="k", within=5)
    assert caught.value.said.message == "Invalid `to`: ann@race.dev"
    assert "ann@" not in str(caught.value)


async def test_a_rate_limits_headers_reach_the_error() -> None:
    said = {"statusCode": 429, "name": "rate_limit_exceeded", "message": "slow down"}
    answer = httpx.Response(429, json=said, headers={"retry-after": "4"})
    with pytest.raises(MailNotTaken) as caught:
        await client(lambda _: answer).send(REQUEST, key="k", within=5)
    assert caught.value.retry_after == 4
