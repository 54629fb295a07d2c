"""One mail of send_email's, Resend's webhooks about it, and stand-ins for Resend that let them come at any moment."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from functions.email_events.handler import EventHandler, Received
from shared.database import Database
from tests.support import svix

Act = Callable[[], Awaitable[object]]
TO = "ann@race.dev"


@dataclass(frozen=True)
class Post:
    """Resend, as far as it tells of mails: each call is a webhook of its own."""

    database: Database
    door: EventHandler

    async def tell(self, kind: str, resend_id: str = "re_1", *to: str, **more: Any) -> Received:
        return await self.send(svix.told(kind, resend_id, to or [TO], **more))

    async def send(self, body: bytes, **signed: Any) -> Received:
        return await self.door.receive(svix.webhook(body, **signed))

    async def sent(self, resend_id: str = "re_1", state: str = "sent") -> str:
        """A mail's record, as send_email leaves it; its run's id."""
        run = uuid4().hex
        known = {"resend_id": resend_id} if state == "sent" else {}
        await self.database.emails.insert_one({"_id": run, "state": state, "reason": "?", "request": "{}", **known})
        return run

    async def mail(self, run: str) -> dict[str, Any]:
        document = await self.database.emails.find_one({"_id": run})
        assert document is not None
        return document

    async def suppressions(self) -> list[dict[str, Any]]:
        return [one async for one in self.database.suppressions.find({}).sort("_id")]


class Overtaken:
    """A Resend that takes the mail, and whose webhook is there before its answer, if that comes at all."""

    def __init__(self, post: Post, ends: BaseException | None) -> None:
        self._post = post
        self._ends = ends
        self.calls = 0

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        self.calls += 1
        assert (await self._post.tell("delivered", run=key)).answer.status == 200
        if self._ends is not None:
            raise self._ends
        return "re_1"


class Lost:
    """One whose answers never come, and who tells nothing yet."""

    def __init__(self, ends: BaseException) -> None:
        self._ends = ends

    async def send(self, request: Mapping[str, Any], *, key: str, within: float) -> str:
        raise self._ends


class Beforehand:
    """A breaker that lets something happen when the mail has been looked at, and its call is not begun yet."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def guard(self) -> AbstractAsyncContextManager[None]:
        @asynccontextmanager
        async def acted() -> AsyncIterator[None]:
            await self._act()
            yield

        return acted()
