"""Tells the application what became of its mails: Svix-signed webhooks, tried again for more than a day.

try    1   2    3    4     5    6    7     8
after  0   5 s  5 m  30 m  2 h  5 h  10 h  10 h     then it is given up
"""

import logging
from collections.abc import Callable
from typing import Final

import httpx

from infra.local.resend.endpoint import Endpoint
from infra.local.resend.hooks import Hooks
from infra.local.resend.outbox import Outbox, Webhook

WAITS: Final = (0, 5, 300, 1800, 7200, 18000, 36000, 36000)
"""Seconds before each try, counted from the one before."""
TIMEOUT: Final = 15.0
AT_ONCE: Final = 50
_LOG: Final = logging.getLogger(__name__)


class Sender:
    """Delivers what is due in the outbox, one after another: events of a mail arrive in their order."""

    def __init__(self, outbox: Outbox, hooks: Hooks, client: httpx.AsyncClient, now: Callable[[], float]) -> None:
        self._outbox = outbox
        self._hooks = hooks
        self._client = client
        self._now = now

    def next_due(self) -> float | None:
        """When it has something to do, as far as is known now."""
        return self._outbox.next_due()

    async def deliver_due(self) -> None:
        for webhook in self._outbox.due(self._now(), limit=AT_ONCE):
            hook = self._hooks.find(webhook.hook)
            over = hook is None or not hook.enabled or await self._attempt(webhook, hook.endpoint)
            self._outbox.record(webhook, next_at=None if over else self._next_try(webhook))

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
