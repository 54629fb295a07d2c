"""The webhooks of an account at Resend, through its SDK.

The stage's own key may be one that can only send, which is what a function should have: then Resend refuses, and who
runs this gives a key with full access for the time of the command.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Self, TypeVar, cast

import resend
from pydantic import BaseModel, SecretStr, ValidationError
from resend.exceptions import NoContentError, ResendError

from functions.send_email.refusals import KEYS, NOT_ITS_OWN
from functions.send_email.resend_client import HTTP_CLIENT_ERROR, NotReached, Transport
from infra.bootstrap.model import NotDone
from shared.config import MailSettings, load
from shared.errors import DependencyDown
from shared.text import cut, one_line

LIMIT: Final = 15.0
"""Seconds for one call."""
PAGE: Final = 100
LONGEST: Final = 200
"""Characters of a refusal."""


class KeySettings(MailSettings):
    mail_from: str = ""
    """Nothing is sent."""


class Hook(BaseModel, frozen=True, extra="ignore", hide_input_in_errors=True):
    """One webhook, as a list tells it: without its secret."""

    id: str
    created_at: str
    status: str
    endpoint: str
    events: list[str]


class _Told(BaseModel, extra="ignore", hide_input_in_errors=True):
    id: str


class _Page(BaseModel, extra="ignore", hide_input_in_errors=True):
    data: list[Hook]
    has_more: bool = False


class _Whole(BaseModel, extra="ignore", hide_input_in_errors=True):
    signing_secret: SecretStr | None = None


class Made(BaseModel, frozen=True, extra="ignore", hide_input_in_errors=True):
    id: str
    signing_secret: SecretStr


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ResendAccount:
    settings: MailSettings
    transport: Transport = field(default_factory=Transport, repr=False)

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        """Its connections are closed at the end. Raises ConfigurationError, before anything is opened."""
        account = cls(load(KeySettings))
        try:
            yield account
        finally:
            await account.transport.aclose()

    async def webhooks(self) -> Sequence[Hook]:
        """All of them: an account may have more than a page. One that only begins anew has no more."""
        page = await self._page({"limit": PAGE})
        found = {one.id: one for one in page.data}
        while page.has_more and page.data:
            page = await self._page({"limit": PAGE, "after": page.data[-1].id})
            if all(one.id in found for one in page.data):
                break
            found |= {one.id: one for one in page.data}
        return list(found.values())

    async def create(self, endpoint: str, events: Sequence[str]) -> Made:
        asked = cast("resend.Webhooks.CreateParams", {"endpoint": endpoint, "events": list(events)})
        return await self._called(Made, lambda: resend.Webhooks.create_async(asked))

    async def secret(self, hook: str) -> str | None:
        """What it signs with; None where that is not told."""
        told = (await self._called(_Whole, lambda: resend.Webhooks.get_async(hook))).signing_secret
        return None if told is None else told.get_secret_value()

    async def update(self, hook: str, events: Sequence[str]) -> None:
        """To these events, and switched on."""
        asked = cast("resend.Webhooks.UpdateParams", {"webhook_id": hook, "events": list(events), "status": "enabled"})
        await self._called(_Told, lambda: resend.Webhooks.update_async(asked))

    async def remove(self, hook: str) -> None:
        """One that is not there any more is removed well enough."""
        try:
            await self._called(_Told, lambda: resend.Webhooks.remove_async(hook))
        except NotDone as error:
            if error.data.get("status") != HTTPStatus.NOT_FOUND:
                raise

    async def _page(self, asked: resend.Webhooks.ListParams) -> _Page:
        return await self._called(_Page, lambda: resend.Webhooks.list_async(asked))

    async def _called(self, answer: type[M], call: Callable[[], Awaitable[object]]) -> M:
        try:
            async with asyncio.timeout(LIMIT):
                # The SDK reads them in the same step of the loop: there is no await between.
                resend.api_key = self.settings.resend_api_key.get_secret_value()
                resend.api_url = self.settings.resend_api_url
                resend.default_async_http_client = self.transport
                return answer.model_validate(await call())
        except NotReached as error:
            raise DependencyDown("resend", "no connection") from error
        except TimeoutError as error:
            raise DependencyDown("resend", f"no answer in {LIMIT:g} s") from error
        except (NoContentError, ValidationError) as error:
            raise DependencyDown("resend", "an answer that is none of its own") from error
        except ResendError as error:
            raise _meaning(error) from None


def _meaning(error: ResendError) -> DependencyDown | NotDone:
    status = int(error.code) if str(error.code).isdigit() else 500
    if error.error_type in KEYS:
        return NotDone(
            f"resend: RESEND_API_KEY may not ask for webhooks ({error.error_type}): "
            "for this, give one with full access in the environment",
            status=status,
        )
    if error.error_type == HTTP_CLIENT_ERROR:
        return DependencyDown("resend", "the connection broke")
    if error.error_type in NOT_ITS_OWN or status >= 500 or status == HTTPStatus.TOO_MANY_REQUESTS:
        return DependencyDown("resend", f"status {status}")
    return NotDone(f"resend refused it: {cut(one_line(error.message), LONGEST)}", status=status)
