"""What Resend's answers about webhooks mean for whoever runs the command."""

from typing import Any, get_args

import httpx
import pytest
from resend.webhooks._webhook import WebhookEvent

from functions.send_email.resend_client import Transport
from infra.bootstrap.model import NotDone, Secret
from infra.bootstrap.resend_account import KeySettings, ResendAccount
from infra.bootstrap.webhook import EVENTS, made
from shared.errors import DependencyDown

SETTINGS = KeySettings.model_validate({"stage": "local", "resend_api_key": "re_x", "resend_api_url": "http://resend"})


def answering(status: int, body: Any) -> ResendAccount:
    return ResendAccount(SETTINGS, Transport(httpx.MockTransport(lambda _: httpx.Response(status, json=body))))


async def test_a_key_that_can_only_send_is_told_what_it_takes() -> None:
    account = answering(401, {"statusCode": 401, "name": "restricted_api_key", "message": "only send emails"})
    with pytest.raises(NotDone, match=r"may not ask for webhooks \(restricted_api_key\): .* full access"):
        await account.webhooks()
    await account.transport.aclose()


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_answer_that_time_mends_is_an_outage(status: int) -> None:
    account = answering(status, {"statusCode": status, "name": "rate_limit_exceeded", "message": "later"})
    with pytest.raises(DependencyDown, match=f"resend: status {status}"):
        await account.webhooks()
    await account.transport.aclose()


async def test_a_refusal_is_told_in_one_line_without_what_speaks_to_a_terminal() -> None:
    account = answering(422, {"statusCode": 422, "name": "validation_error", "message": "no\n\x1b[31m such endpoint"})
    with pytest.raises(NotDone) as refused:
        await account.create("http://app/hook", EVENTS)
    assert refused.value.message == "resend refused it: no [31m such endpoint"
    await account.transport.aclose()


@pytest.mark.parametrize("body", [{}, {"data": [{"id": 7}]}, {"data": "none"}])
async def test_an_answer_in_another_form_is_none(body: Any) -> None:
    account = answering(200, body)
    with pytest.raises(DependencyDown, match="none of its own"):
        await account.webhooks()
    await account.transport.aclose()


def test_resend_knows_every_event_that_is_asked_for() -> None:
    assert set(EVENTS) <= set(get_args(WebhookEvent))


async def test_an_account_that_tells_the_same_page_again_and_again_comes_to_an_end() -> None:
    hook = {"id": "a", "created_at": "now", "status": "enabled", "endpoint": "http://app/hook", "events": []}
    account = answering(200, {"data": [hook], "has_more": True})
    assert [one.id for one in await account.webhooks()] == ["a"]
    await account.transport.aclose()


async def test_a_webhook_that_can_not_be_looked_for_after_it_was_made_is_kept_and_its_secret_told() -> None:
    """It is told this once; a second webhook shows at the next look."""

    def answer(request: httpx.Request) -> httpx.Response:
        made = {"id": "a", "signing_secret": "whsec_new"}
        return httpx.Response(201, json=made) if request.method == "POST" else httpx.Response(503, json={})

    account = ResendAccount(SETTINGS, Transport(httpx.MockTransport(answer)))
    assert await made(account, "http://app/hook") == Secret("RESEND_WEBHOOK_SECRET", "whsec_new")
    await account.transport.aclose()
