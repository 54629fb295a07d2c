"""Tells the application what became of its mails: Svix-signed webhooks, tried again for more than a day.

try    1   2    3    4     5    6    7     8
after  0   5 s  5 m  30 m  2 h  5 h  10 h  10 h     then it is given up
"""

import base64
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from infra.local.resend.outbox import Outbox, Webhook

WAITS: Final = (0, 5, 300, 1800, 7200, 18000, 36000, 36000)
"""Seconds before each try, counted from the one before."""
TIMEOUT: Final = 15.0
AT_ONCE: Final = 50
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where webhooks go, and the secret (`whsec_` and base64) that signs them."""

    url: str
    secret: str

    def __post_init__(self) -> None:
        if not self._key:
            raise ValueError("a webhook secret is `whsec_` followed by base64")
        if not _callable(self.url):
            raise ValueError("a webhook's URL is http or https, with a host and a port")

    def sign(self, message_id: str, timestamp: int, body: str) -> str:
        """The `svix-signature` of one attempt."""
        signed = f"{message_id}.{timestamp}.{body}".encode()
        return "v1," + base64.b64encode(hmac.digest(self._key, signed, hashlib.sha256)).decode()

    @property
    def _key(self) -> bytes:
        return base64.b64decode(self.secret.removeprefix("whsec_"), validate=True)


def _callable(url: str) -> bool:
    """Whether a call of it can do no worse than fail: any other would end the postman."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return read.scheme in {"http", "https"} and bool(read.raw_host) and (read.port or 1) in range(1, 65_536)


@dataclass(slots=True)
class Subscription:
    """Who is told, None for nobody: the application's address may be known only after this server's is."""

    endpoint: Endpoint | None = None


class Sender:
    """Delivers what is due in the outbox, one after another: events of a mail arrive in their order."""

    def __init__(
        self, outbox: Outbox, subscription: Subscription, client: httpx.AsyncClient, now: Callable[[], float]
    ) -> None:
        self._outbox = outbox
        self._subscription = subscription
        self._client = client
        self._now = now

    def next_due(self) -> float | None:
        """When it has something to do, as far as is known now."""
        return self._outbox.next_due() if self._subscription.endpoint else None

    async def deliver_due(self) -> None:
        if (endpoint := self._subscription.endpoint) is None:
            return
        for webhook in self._outbox.due(self._now(), limit=AT_ONCE):
            arrived = await self._attempt(webhook, endpoint)
            self._outbox.record(webhook, next_at=None if arrived else self._next_try(webhook))

    async def _attempt(self, webhook: Webhook, endpoint: Endpoint) -> bool:
        timestamp = int(self._now())
        headers = {
            "content-type": "application/json",
            "svix-id": webhook.id,
            "svix-timestamp": str(timestamp),
            "svix-signature": endpoint.sign(webhook.id, timestamp, webhook.body),
        }
        try:
            answer = await self._client.post(
                endpoint.url, content=webhook.body.encode(), headers=headers, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            _LOG.warning("webhook %s, try %d: %s", webhook.id, webhook.attempts + 1, type(error).__name__)
            return False
        if not answer.is_success:
            _LOG.warning("webhook %s, try %d: %d", webhook.id, webhook.attempts + 1, answer.status_code)
        return answer.is_success

    def _next_try(self, webhook: Webhook) -> float | None:
        tries = webhook.attempts + 1
        return self._now() + WAITS[tries] if tries < len(WAITS) else None
