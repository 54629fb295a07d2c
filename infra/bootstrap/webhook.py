"""Resend's webhook: it tells the HTTP API what became of our mails, and of nothing else that happens there.

    none calls our address         made; its signing secret goes into the stage's secret, as RESEND_WEBHOOK_SECRET
    one, of other events, or off   changed; it keeps its secret
    one, with another secret       shown, where ours is known here: events are refused until its own is deployed
    two                            the first stays, the others are shown: each event would come twice
    one that calls another         none of our business: an account may serve several stages

Two people who make it at once, or one whose answer was lost and who asks again, would have two: so who has made one
looks again, and takes it back where another was first.

    A creates ── looks: A ───────────────────────▶ keeps A
         B creates ── looks: A, B ── removes B ──▶ keeps A
"""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from functions.email_events.event import FOLLOWED, PATH
from infra.bootstrap.model import Change, Kind, Secret
from infra.bootstrap.resend_account import Hook, ResendAccount
from infra.deployed import NotDeployed, api_url
from infra.local.serverless import Service
from shared.errors import ConfigurationError, MillraceError

VARIABLE: Final = "RESEND_WEBHOOK_SECRET"
EVENTS: Final = tuple(FOLLOWED)


@dataclass(frozen=True, slots=True)
class Make:
    endpoint: str


@dataclass(frozen=True, slots=True)
class Alter:
    hook: str


@dataclass(frozen=True, slots=True)
class Remove:
    hook: str


@dataclass(frozen=True, slots=True)
class WebhookPart:
    service: Callable[[], Service]
    name: str = "webhook"

    async def differences(self) -> Sequence[Change]:
        try:
            endpoint = f"{await asyncio.to_thread(self._api)}{PATH}"
        except NotDeployed as error:
            return [Change(Kind.WAITING, f"of {PATH}", to=error.message)]
        async with ResendAccount.opened() as resend:
            found = _ours(await resend.webhooks(), endpoint)
            if not found:
                return [Change(Kind.ADDED, endpoint, to=_said(EVENTS, "enabled"), plan=Make(endpoint))]
            first, *others = found
            unbelieved = await _unbelieved(resend, first)
        extra = [Change(Kind.EXTRA, endpoint, was=f"a second one, {one.id}", plan=Remove(one.id)) for one in others]
        return [*_altered(first), *unbelieved, *extra]

    async def apply(self, change: Change) -> Secret | None:
        async with ResendAccount.opened() as resend:
            match change.plan:
                case Make(endpoint):
                    return await made(resend, endpoint)
                case Alter(hook):
                    await resend.update(hook, EVENTS)
                case Remove(hook):
                    await resend.remove(hook)
        return None

    def _api(self) -> str:
        """APP_URL, which is the API's public base; asked of AWS where it is the one that AWS made up."""
        if given := os.environ.get("APP_URL", ""):
            return given.rstrip("/")
        service = self.service()
        if service.stage == "local":
            raise ConfigurationError("APP_URL is not set")
        return api_url(service)


async def made(resend: ResendAccount, endpoint: str) -> Secret | None:
    """None where another was first. Where nobody says so it is kept: its secret is told this once."""
    new = await resend.create(endpoint, EVENTS)
    try:
        ours = _ours(await resend.webhooks(), endpoint)
    except MillraceError:
        ours = []
    if not ours or ours[0].id == new.id:
        return Secret(VARIABLE, new.signing_secret.get_secret_value())
    await resend.remove(new.id)
    return None


def _ours(hooks: Sequence[Hook], endpoint: str) -> list[Hook]:
    """The first made first: it is the one whose secret is deployed."""
    return sorted((one for one in hooks if one.endpoint == endpoint), key=lambda one: (one.created_at, one.id))


def _altered(hook: Hook) -> list[Change]:
    if hook.status == "enabled" and set(hook.events) == set(EVENTS):
        return []
    was, to = _said(hook.events, hook.status), _said(EVENTS, "enabled")
    return [Change(Kind.CHANGED, hook.endpoint, was, to, Alter(hook.id))]


async def _unbelieved(resend: ResendAccount, hook: Hook) -> list[Change]:
    """Its secret was told once, to nobody who looked perhaps: all events are refused until it is deployed."""
    ours = {secret.strip() for secret in os.environ.get(VARIABLE, "").split(",")} - {""}
    if not ours or await resend.secret(hook.id) in {None, *ours}:
        return []
    return [Change(Kind.WAITING, hook.endpoint, to=f"its secret is not in {VARIABLE}: store it there, and deploy")]


def _said(events: Sequence[str], status: str) -> str:
    return f"{status}, {' '.join(sorted(event.removeprefix('email.') for event in events))}"
