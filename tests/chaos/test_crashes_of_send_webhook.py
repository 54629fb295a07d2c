"""Wherever send_webhook dies or loses an answer: the receiver has heard one thing, under one id, once or again."""

from datetime import UTC, datetime

import pytest

from functions.send_webhook.contract import CONTRACT, HealthChanged, SendWebhook
from shared.webhooks.signing import new_secret
from tests.chaos.conftest import CrashAtEveryStep
from tests.support.crash.deliveries import Effects, Scene
from tests.support.inbox import Inbox

SECRET = new_secret()

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(600)]


def heard(inbox: Inbox) -> Effects:
    async def count(scene: Scene) -> int:
        """Different things that were said under the run's id: a receiver does one of them, once."""
        mine = [came for came in inbox.came if came.id == scene.run.id]
        assert all(came.verified(SECRET) for came in mine)
        return len({came.body for came in mine})

    return count


async def test_every_crash_leaves_operators_told_of_one_change(crash_at_every_step: CrashAtEveryStep) -> None:
    def changed(tag: str) -> SendWebhook:
        since = datetime(2026, 11, 30, 8, tzinfo=UTC)
        return SendWebhook(event=HealthChanged(was="healthy", status="down", since=since, why=(tag,)))

    async with Inbox.open() as inbox:
        own = {"ALERT_WEBHOOK_URL": f"http://127.0.0.1:{inbox.port}/hooks", "ALERT_WEBHOOK_SECRET": SECRET}
        report = await crash_at_every_step(CONTRACT, payload=changed, effects=heard(inbox), services=own)

    assert "alert POST /hooks" in map(str, report.crossings)
