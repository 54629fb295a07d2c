"""Resend's key, the secret of its webhooks and the keys of sign-in tokens change while people sign in."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from infra.local import processes
from infra.local.guard import LOOPBACK
from shared.webhooks.signing import new_secret
from tests.integration.changing.deployment import LOOKED, PATIENCE, Deployment

pytestmark = pytest.mark.timeout(240)

OLD_KEYS: Final = "local:local-token-key-not-for-any-other-stage"
NEW_KEYS: Final = f"new:another-token-key-not-for-any-other-stage,{OLD_KEYS}"
OLD_SECRET: Final = new_secret()
NEW_SECRET: Final = new_secret()
LINK: Final = re.compile(r'href="([^"]+/sign-in#[^"]+)"')
PEOPLE: Final = ("ada@example.com", "grace@example.com")


@dataclass
class Door:
    """Where people sign in, and where their mails arrive."""

    api: str
    resend: str
    http: httpx.AsyncClient

    async def ask(self, address: str) -> str:
        """Ask for a link; the run of its mail."""
        asked = await self.http.post(f"{self.api}/v1/auth/magic-links", json={"email": address})
        assert asked.status_code == 202, asked.text
        return str(asked.json()["job"])

    async def mails(self, address: str) -> list[dict[str, Any]]:
        told = await self.http.get(f"{self.resend}/local/emails", params={"to": address})
        return list(told.raise_for_status().json()["data"])

    async def follow(self, mail: dict[str, Any]) -> int:
        """What the API answers to the link in a mail."""
        found = LINK.search(mail["html"])
        assert found
        token = parse_qs(urlsplit(unescape(found[1])).fragment)["token"][0]
        answer = await self.http.post(f"{self.api}/v1/auth/sessions", json={"token": token, "confirm": True})
        return answer.status_code


@pytest.fixture
def resend(one: Deployment, tmp_path: Path) -> Iterator[str]:
    """It takes the key `re_new` alone, and signs its webhooks by the new secret."""
    hook = f"{one.host.addresses.api}/webhooks/resend"
    options = ["--api-key", "re_new", "--webhook", hook, "--webhook-secret", NEW_SECRET]
    command = processes.module("infra.local.resend", "--state", str(tmp_path / "resend"), *options)
    child = processes.start("resend", command, log_dir=tmp_path)
    yield f"http://{LOOPBACK}:{child.port}"
    child.stop()


@pytest.fixture
async def door(one: Deployment, resend: str) -> AsyncIterator[Door]:
    """Its functions have the secrets of before."""
    await one.deploy("send_email", RESEND_API_URL=resend, RESEND_API_KEY="re_old")
    await one.deploy("email_events", RESEND_WEBHOOK_SECRET=OLD_SECRET)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        yield Door(one.host.addresses.api, resend, http)


async def test_a_sign_in_outlasts_every_secret_of_its_mail_that_is_not_deployed_yet(
    one: Deployment, door: Door
) -> None:
    """One link is derived by the old token key, one by a key that the mail's job hears of only later.

    Resend takes neither mail before the deploy of its key, and each of them once after it; what it tells of them is
    refused before the deploy of the webhook's secret, and comes again.
    """
    before = await door.ask(PEOPLE[0])
    await one.deploy("api", TOKEN_KEYS=NEW_KEYS)
    after = await door.ask(PEOPLE[1])
    await one.until(lambda run: run["state"] == "retrying", [before, after])
    assert [await door.mails(person) for person in PEOPLE] == [[], []]

    await one.deploy("send_email", TOKEN_KEYS=NEW_KEYS, RESEND_API_KEY="re_new")
    await one.until(lambda run: run["state"] == "succeeded", [before, after])
    for person in PEOPLE:
        [mail] = await door.mails(person)
        assert await door.follow(mail) == 201
    assert await delivered(one) == 0

    await one.deploy("email_events", RESEND_WEBHOOK_SECRET=f"{OLD_SECRET},{NEW_SECRET}")
    ends = time.monotonic() + PATIENCE
    while await delivered(one) < len(PEOPLE):
        assert time.monotonic() < ends, "no webhook came again"
        await asyncio.sleep(LOOKED)


async def delivered(one: Deployment) -> int:
    return await one.database.emails.count_documents({"delivery.state": "delivered"})
