"""QStash's flow controls and queues, and Resend's webhooks: each as a person or an earlier contract has left it."""

import asyncio

import pytest
from qstash.message import FlowControl

from infra.bootstrap.flow_control import FlowControlPart
from infra.bootstrap.model import Kind
from infra.bootstrap.resend_account import ResendAccount
from infra.bootstrap.webhook import EVENTS, WebhookPart
from infra.local.serverless import Service
from tests.integration.bootstrap.ground import Ground


def _no_service() -> Service:
    raise AssertionError("APP_URL is given: nobody has to be asked")


@pytest.fixture
def webhook() -> WebhookPart:
    return WebhookPart(_no_service)


async def test_a_limit_of_an_earlier_contract_is_replaced_and_not_pinned(ground: Ground) -> None:
    """Pinned it would hold against the next contract as well."""
    ground.qstash.message.publish(
        url=f"{ground.webhook}/none",
        delay="1h",
        flow_control=FlowControl(key="send_email", parallelism=9, rate=50, period="60s"),
    )
    part = FlowControlPart()
    (change,) = await part.differences()
    assert change.text == "send_email changed: 9 at a time, 50 in 60 s → 2 at a time, 2 in 1 s"
    await part.apply(change)
    assert await part.differences() == []
    now = ground.qstash.flow_control.get("send_email")
    assert (now.parallelism_max, now.rate_max, now.rate_period) == (2, 2, 1)
    assert not now.is_pinned_parallelism
    assert not now.is_pinned_rate


async def test_what_a_person_holds_and_a_queue_are_shown_and_left(ground: Ground) -> None:
    ground.qstash.flow_control.pin("generate_pdf", {"parallelism": 1})
    ground.qstash.queue.upsert("theirs")
    try:
        assert [(one.kind, one.text) for one in await FlowControlPart().differences()] == [
            (Kind.EXTRA, "generate_pdf extra: pinned by a person: 1 at a time"),
            (Kind.EXTRA, "queue theirs extra: none is declared"),
        ]
        assert ("flow control", "queue theirs", "extra") in await ground.differing("--prune")
    finally:
        ground.qstash.queue.delete("theirs")
        ground.qstash.flow_control.unpin("generate_pdf", {"parallelism": True})


async def test_a_webhook_that_is_off_or_told_of_other_events_is_changed_and_keeps_its_secret(
    ground: Ground, webhook: WebhookPart
) -> None:
    async with ResendAccount.opened() as account:
        made = await account.create(ground.webhook, ["email.opened"])
    (change,) = await webhook.differences()
    assert change.kind is Kind.CHANGED
    assert change.was == "enabled, opened"
    assert await webhook.apply(change) is None
    (now,) = await ground.webhooks()
    assert (now.id, sorted(now.events), now.status) == (made.id, sorted(EVENTS), "enabled")
    assert await webhook.differences() == []


async def test_of_two_for_one_address_the_first_stays(ground: Ground, webhook: WebhookPart) -> None:
    async with ResendAccount.opened() as account:
        first = await account.create(ground.webhook, EVENTS)
        await account.create(ground.webhook, EVENTS)
    (change,) = await webhook.differences()
    assert change.kind is Kind.EXTRA
    await webhook.apply(change)
    await webhook.apply(change)
    assert [hook.id for hook in await ground.webhooks()] == [first.id]


async def test_who_made_one_a_moment_after_another_takes_it_back(ground: Ground, webhook: WebhookPart) -> None:
    (change,) = await webhook.differences()
    secrets = await asyncio.gather(*(webhook.apply(change) for _ in range(3)))
    assert len(await ground.webhooks()) == 1
    assert any(secrets)


async def test_another_stages_webhook_is_left_alone(ground: Ground, webhook: WebhookPart) -> None:
    async with ResendAccount.opened() as account:
        theirs = await account.create("http://other.localhost:1/webhooks/resend", ["email.sent"])
        (change,) = await webhook.differences()
        assert change.kind is Kind.ADDED
        assert theirs.id in {hook.id for hook in await account.webhooks()}
        await account.remove(theirs.id)


async def test_a_webhook_that_signs_with_another_secret_is_shown_until_it_is_ours(
    ground: Ground, webhook: WebhookPart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", "whsec_of_before")
    (change,) = await webhook.differences()
    secret = await webhook.apply(change)
    assert secret is not None
    (waiting,) = await webhook.differences()
    assert (waiting.kind, "is not in RESEND_WEBHOOK_SECRET" in waiting.to) == (Kind.WAITING, True)
    assert secret.value not in waiting.text
    monkeypatch.setenv("RESEND_WEBHOOK_SECRET", f"whsec_of_before, {secret.value}")
    assert await webhook.differences() == []
