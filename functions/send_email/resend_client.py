"""Sends one request to Resend through its SDK, with our timeouts, our bytes, and answers as our errors.

The SDK keeps its key, address and HTTP client in its module. They are set in the same step of the loop in which
the SDK reads them (there is no `await` between), so two clients in one process do not see each other's.
"""

import asyncio
import json as json_library
from collections.abc import Mapping
from typing import Any, Final, cast

import httpx

from functions.send_email.refusals import LONGEST_CALL, NotServing, NoVerdict, Said, verdict
from shared import deadline
from shared.config import MailSettings
from shared.lone import lone

lone("resend", _auto_async_http_client=None)  # without its other hundred modules, and requests and urllib3

import resend  # noqa: E402 - after the line above
from resend.emails._emails import Emails  # noqa: E402 - likewise
from resend.exceptions import NoContentError, ResendError  # noqa: E402 - likewise
from resend.http_client_async import AsyncHTTPClient  # noqa: E402 - likewise

CONNECT: Final = 5.0
SILENCE: Final = 30.0
"""Seconds for any one step; the whole call's time is the caller's."""

HTTP_CLIENT_ERROR: Final = "HttpClientError"
"""How the SDK names whatever its HTTP client raised."""


class NotReached(ResendError):
    """No connection: the one network failure after which it is known that nothing was taken."""

    def __init__(self) -> None:
        super().__init__(503, "not_reached", "no connection", "")


class Transport(AsyncHTTPClient):
    """The SDK's HTTP client for one process.

    The SDK's own makes a client, with all certificates, for each call and waits 30 s. This one is made once, but
    keeps no connection: a Lambda is frozen between invocations, and a request that is written to a socket that died
    meanwhile could not be told from one whose answer was lost. The body is serialised here, so that no release of
    another library changes the bytes of a mail that is sent again.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(SILENCE, connect=CONNECT),
            limits=httpx.Limits(max_keepalive_connections=0),
            transport=transport,
        )

    async def request(  # noqa: PLR0917 - the SDK's signature
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        json: dict[str, object] | list[object] | None = None,
        files: dict[str, Any] | None = None,
        data: dict[str, str] | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if files is not None or data is not None:
            raise NotImplementedError("mails are sent as JSON")
        body = json_library.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            answer = await self._client.request(
                method, url, headers={**headers, "content-type": "application/json"}, content=body
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotReached from error
        return answer.content, answer.status_code, answer.headers

    async def aclose(self) -> None:
        await self._client.aclose()


class ResendClient:
    """One account of Resend. Building it opens no connection."""

    def __init__(self, settings: MailSettings, transport: Transport | None = None) -> None:
        self._key = settings.resend_api_key.get_secret_value()
        self._url = settings.resend_api_url
        self._transport = transport or Transport()

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        """The mail's id at Resend; in `within` seconds, or NoVerdict. Raises the errors of refusals.py."""
        seconds = deadline.at_most(within)
        try:
            async with asyncio.timeout(seconds):
                resend.api_key, resend.api_url = self._key, self._url
                resend.default_async_http_client = self._transport
                answer: object = await Emails.send_async(
                    cast("Emails.SendParams", dict(request)), {"idempotency_key": key}
                )
        except NotReached as error:
            raise NotServing(Said(503, error.error_type, error.message)) from None
        except ResendError as error:
            raise _verdict(error) from None
        except NoContentError:
            raise NoVerdict("an empty answer") from None
        except TimeoutError:
            raise NoVerdict(f"no answer within {seconds:.3g} s", its_fault=seconds >= LONGEST_CALL) from None
        found = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(found, str) or not found:
            raise NoVerdict("an answer without an id")
        return found

    async def aclose(self) -> None:
        await self._transport.aclose()


def _verdict(error: ResendError) -> Exception:
    """Without the SDK's error as its cause: that one's text may quote the request."""
    if error.error_type == HTTP_CLIENT_ERROR:
        return NoVerdict("the connection broke")
    status = int(error.code) if str(error.code).isdigit() else 500
    return verdict(status=status, name=error.error_type, message=error.message, headers=error.headers)
