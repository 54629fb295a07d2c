"""Carries one attempt to its destination and brings back the answer, whatever that is."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

import httpx

from infra.local.qstash.clock import Clock
from infra.local.qstash.ids import Ids
from infra.local.qstash.model import Answer, Attempt, Headers
from infra.local.qstash.options import canonical
from infra.local.qstash.signing import sign
from infra.local.qstash.store.keys import KeyStore

KEPT_ANSWER: Final = 1024 * 1024
REGION: Final = "eu-central-1"


class Carrier:
    """Holds the connections; one a process. Redirects are answers like any other, and not followed."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        keys: KeyStore,
        parallelism: int,
        default_timeout: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._keys = keys
        self._default_timeout = default_timeout
        # Idle connections go before a destination's own server closes them (5 s is usual): losing that race
        # would look like a failed delivery.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=parallelism, keepalive_expiry=2)
        self._client = httpx.AsyncClient(
            limits=limits, timeout=default_timeout, follow_redirects=False, trust_env=False, transport=transport
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, attempt: Attempt) -> Answer:
        """An answer of status 0 and an error where the destination could not be asked in time."""
        message = attempt.message
        timeout = message.options.timeout or self._default_timeout
        try:
            async with asyncio.timeout(timeout):
                return await self._exchange(attempt)
        except TimeoutError:
            return Answer(0, {}, b"", f"no answer within {timeout:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            return Answer(0, {}, b"", f"{type(error).__name__}: {error}")

    async def _exchange(self, attempt: Attempt) -> Answer:
        message = attempt.message
        request = httpx.Request(
            message.options.method,
            message.url,
            headers=[(name.encode("ascii"), _raw(value)) for name, value in self._headers(attempt)],
            content=attempt.body,
            # The path and query as they were published, since the signature names exactly that URL.
            extensions={"target": _target(message.url)},
        )
        response = await self._client.send(request, stream=True)
        try:
            body = await _read(response)
        finally:
            await response.aclose()
        return Answer(response.status_code, _answer_headers(response.headers), body)

    def _headers(self, attempt: Attempt) -> list[tuple[str, str]]:
        """The publisher's, then ours, which nobody can replace."""
        message = attempt.message
        own = {
            "User-Agent": "Upstash-QStash",
            "Upstash-Signature": sign(
                key=self._keys.get().current,
                url=message.url,
                body=attempt.body,
                token_id=self._ids.token(),
                now=self._clock.now(),
            ),
            "Upstash-Message-Id": message.id,
            "Upstash-Retried": str(attempt.retried),
            "Upstash-Caller-Ip": message.caller_ip,
            "Upstash-Region": REGION,
        }
        if message.schedule_id is not None:
            own["Upstash-Schedule-Id"] = message.schedule_id
        if message.topic is not None:
            own["Upstash-Topic-Name"] = message.topic
        taken = {name.lower() for name in own} - {"user-agent"}
        theirs = [
            (name, value)
            for name, values in message.options.headers.items()
            if name.lower() not in taken
            for value in values
        ]
        if any(name == "User-Agent" for name, _ in theirs):
            del own["User-Agent"]
        return [*theirs, *own.items()]


def _target(url: str) -> bytes:
    parts = urlsplit(url)
    return ((parts.path or "/") + (f"?{parts.query}" if parts.query else "")).encode("latin-1", "ignore")


def _raw(value: str) -> bytes:
    """As it came in: HTTP headers are read as Latin-1, only a batch's JSON can hold more."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


async def _read(response: httpx.Response) -> bytes:
    """As much of the answer as is worth keeping."""
    kept = bytearray()
    async for chunk in response.aiter_bytes():
        kept += chunk
        if len(kept) >= KEPT_ANSWER:
            break
    return bytes(kept[:KEPT_ANSWER])


def _answer_headers(headers: httpx.Headers) -> Headers:
    collected: Headers = {}
    for name, value in headers.multi_items():
        collected.setdefault(canonical(name), []).append(value)
    return collected
