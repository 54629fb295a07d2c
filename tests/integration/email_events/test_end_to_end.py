"""Resend's server, the API's route and the function as AWS runs it: an address bounces, gets nothing, and is let back.

send_email ──▶ Resend ──▶ POST /webhooks/resend ──▶ email_events ──▶ suppressions ──▶ send_email skips
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import resend

from functions.send_email.resend_client import ResendClient
from infra.local import processes
from infra.local.guard import LOOPBACK
from infra.local.lambda_host import Doors, HostSettings, LambdaHost
from infra.local.processes import ROOT
from infra.local.serverless import read_service
from shared.database import Database
from shared.redis import Redis
from tests.conftest import PATIENCE
from tests.integration.api.front import Front
from tests.integration.send_email.bench import Bench, mail_settings
from tests.support import svix
from tests.support.crash.services import NAMES

BOUNCING = "bounced+ada@resend.dev"


@pytest.fixture
async def webhooks(database: Database, mongodb_uri: str, tmp_path: Path) -> AsyncIterator[str]:
    """Where the function is, in a Lambda host; what `serverless.yml` says is all that it is told."""
    given = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": database.name, "RESEND_WEBHOOK_SECRET": svix.SECRET}
    service = read_service(ROOT / "serverless.yml", stage="local", env={**NAMES, **given})
    doors = Doors.bind(service.urls)
    async with LambdaHost(
        service.specs(doors.addresses), HostSettings(root=ROOT, log_dir=tmp_path, init_timeout=30), doors
    ):
        yield f"{doors.addresses.api}/webhooks/resend"


@pytest.fixture
async def resend_url(webhooks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Resend's server, told while it runs where webhooks go. What our client sets in the SDK is undone."""
    for name in ("api_key", "api_url", "default_async_http_client"):
        monkeypatch.setattr(resend, name, getattr(resend, name))
    command = processes.module("infra.local.resend", "--state", str(tmp_path / "state"), "--rate", "0")
    child = await asyncio.to_thread(processes.start, "resend", command, log_dir=tmp_path)
    url = f"http://{LOOPBACK}:{child.port}"
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        answer = await client.put(f"{url}/local/webhook", json={"url": webhooks, "secret": svix.SECRET})
        assert answer.json() == {"url": webhooks}
    yield url
    await asyncio.to_thread(child.stop)


async def until(look: Callable[[], Awaitable[Any]]) -> Any:
    """What it finds, once it finds something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110 - what it waits for happens in other processes
            await asyncio.sleep(0.02)
    return found


async def test_a_bounce_stops_mail_until_an_operator_lets_it_go_again(
    bench: Bench, resend_url: str, database: Database, redis: Redis
) -> None:
    bench.to = BOUNCING
    mailer = ResendClient(mail_settings(resend_url))
    desk = bench.desk(mailer=mailer)
    front = Front(database, redis)
    operator = await front.key("operator")

    first = (await desk.enqueue(bench.sign_in())).run
    assert (await desk.deliver(first)).answer.outcome == "succeeded"
    record = await until(lambda: database.emails.find_one({"_id": first.id, "delivery.state": "bounced"}))
    assert [one["state"] for one in record["delivery"]["addresses"]] == ["bounced"]
    async with front.browser() as browser:
        (listed,) = (await browser.get("/v1/suppressions", headers=operator)).json()["items"]
        assert (listed["address"], listed["state"], listed["job"]) == (BOUNCING, "bounced", first.id)

        second = (await desk.enqueue(bench.sign_in())).run
        await desk.deliver(second)
        assert await bench.result(desk, second) == {"state": "skipped", "reason": "suppressed", "suppressed": 1}

        lifted = await browser.delete(f"/v1/suppressions/{BOUNCING}", headers=operator)
        assert lifted.status_code == 204
    third = (await desk.enqueue(bench.sign_in())).run
    await desk.deliver(third)
    assert (await bench.result(desk, third))["state"] == "sent"
    # It bounces once more, after the lifting: that is news.
    await until(lambda: database.suppressions.find_one({"_id": BOUNCING, "state": "bounced", "run": third.id}))
    await mailer.aclose()
