"""Sends one webhook, once: signed, to an address that was checked, and in bounded time.

    2xx                      taken
    410                      ReceiverGone: it wants no more of them
    4xx but the next         WebhookRefused: it will never take this one
    408 409 425 429          } NotTaken: it may later, as late as its Retry-After says
    5xx, redirects, others   }
    no answer, no address    NotTaken or NoAddress. It may have been taken: the same id tells the receiver
    a forbidden address      AddressRefused

Redirects are not followed: the receiver's key is for one address. Of the answer's body a little is read, so that the
receiver can end in peace, and none of it is used. https://www.standardwebhooks.com asks for most of this.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar, Final

import httpx

from shared import deadline
from shared.clock import World
from shared.errors import PermanentError, RetryableError
from shared.webhooks.addresses import Resolve, host_of, lookup
from shared.webhooks.pinned import PinnedTransport
from shared.webhooks.signing import key_of, sign

LIMIT: Final = 9.0
"""Seconds until the answer is there."""
CONNECT: Final = 3.0
"""Seconds for one address."""
MOST_READ: Final = 4096
"""Bytes of an answer's body."""
READING: Final = 1.0
"""Seconds for them, on top."""
LONGEST_WAIT: Final = 3600.0
"""Seconds that a receiver may put us off: more would let it outlast the run."""
MAY_TAKE_IT_LATER: Final = frozenset({408, 409, 425, 429})


class WebhookRefused(PermanentError):
    code: ClassVar[str] = "webhook_refused"


class ReceiverGone(WebhookRefused):
    code: ClassVar[str] = "receiver_gone"


class NotTaken(RetryableError):
    code: ClassVar[str] = "webhook_not_taken"


@dataclass(frozen=True, slots=True)
class Receiver:
    """`secret` is `whsec_` and base64."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


class Sender:
    """One process's. Building it opens no connection."""

    def __init__(self, *, local: bool, world: World, resolve: Resolve = lookup) -> None:
        self._world = world
        # No client: that would follow redirects, remember cookies, and ask the environment for proxies.
        self._transport = PinnedTransport(local=local, resolve=resolve)

    async def send(self, receiver: Receiver, webhook_id: str, body: bytes) -> int:
        """The status with which it was taken. Under the same id the body must be the same."""
        host, seconds = host_of(receiver.url), deadline.at_most(LIMIT)
        request = self._request(receiver, webhook_id, body)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._transport.handle_async_request(request)
        except TimeoutError as error:
            raise NotTaken(f"{host}: no answer in {seconds:.3g} s") from error
        except httpx.HTTPError as error:
            raise NotTaken(f"{host}: {type(error).__name__}") from error
        await _end(answer)
        if answer.is_success:
            return answer.status_code
        raise _refusal(host, answer.status_code, answer.headers)

    def _request(self, receiver: Receiver, webhook_id: str, body: bytes) -> httpx.Request:
        timestamp = str(int(self._world.now()))
        headers = {
            "content-type": "application/json",
            "user-agent": "Millrace-Webhooks",
            "webhook-id": webhook_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(key_of("the webhook's secret", receiver.secret), webhook_id, timestamp, body),
        }
        timeouts = httpx.Timeout(LIMIT, connect=CONNECT).as_dict()
        return httpx.Request("POST", receiver.url, headers=headers, content=body, extensions={"timeout": timeouts})

    async def aclose(self) -> None:
        await self._transport.aclose()


async def _end(answer: httpx.Response) -> None:
    """Whatever is wrong with the body: the status has said it all."""
    left = MOST_READ
    try:
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(READING):
                async for chunk in answer.aiter_raw():
                    left -= len(chunk)
                    if left <= 0:
                        break
    finally:
        await answer.aclose()


def _refusal(host: str, status: int, headers: Mapping[str, str]) -> Exception:
    said = f"{host}: status {status}"
    if status == 410:
        return ReceiverGone(said)
    if 400 <= status < 500 and status not in MAY_TAKE_IT_LATER:
        return WebhookRefused(said)
    return NotTaken(said, retry_after=_wait(headers))


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds, as Retry-After says; None, which is the contract's own waits, where it says none or a date."""
    text = headers.get("retry-after", "").strip()
    return min(LONGEST_WAIT, max(1.0, float(text))) if text.isascii() and text.isdigit() else None
