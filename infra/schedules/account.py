"""The schedules of a QStash account, through its SDK: what it has, and what makes it have what is wanted.

Each step is safe to repeat: a schedule is created under its id, which replaces the one that has it, and one that is not
there is deleted well enough. Cut off, the next `apply` finds what is left to do. One that was paused is paused again
after a change, in case the change has started it; a turn that slips out between the two is a turn like any other. Cut
off just there it may run on, and no difference shows it: look whether what you had paused still is.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self, cast

import httpx
from qstash import AsyncQStash
from qstash.errors import DailyMessageLimitExceededError, QStashError, RateLimitExceededError
from qstash.http import HttpMethod
from qstash.schedule import Schedule as Told

from infra.schedules.differing import Difference, Kind
from infra.schedules.model import Found, Schedule
from shared.errors import DependencyDown, MillraceError
from shared.text import cut, one_line

LIMIT: Final = 15.0
"""Seconds for one call; the SDK's own limit is ten minutes."""
LONGEST: Final = 200
"""Characters of an answer, which may be a page of whatever stands before QStash."""
THROTTLED: Final = (RateLimitExceededError, DailyMessageLimitExceededError)
ITS_OWN: Final = "Request failed with status: 5"
"""How the SDK begins to tell of a fault of the server."""


class RefusedByQStash(MillraceError):
    code = "refused_by_qstash"


@dataclass(frozen=True, slots=True)
class Account:
    client: AsyncQStash

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, token: str) -> AsyncIterator[Self]:
        """Its connections are closed at the end."""
        client = AsyncQStash(token, base_url=url, retry=False)
        try:
            yield cls(client)
        finally:
            await client.http._client.aclose()  # noqa: SLF001 - the SDK has no call for it

    async def found(self) -> Mapping[str, Found]:
        async with calling():
            return {told.schedule_id: _found(told) for told in await self.client.schedule.list()}

    async def put(self, name: str, schedule: Schedule, *, paused: bool) -> None:
        async with calling():
            await self.client.schedule.create(
                schedule_id=name,
                destination=schedule.destination,
                cron=schedule.cron,
                body=schedule.body or None,
                retries=schedule.retries,
                method=cast("HttpMethod", schedule.method),
            )
            if paused:
                await self.client.schedule.pause(name)

    async def drop(self, name: str) -> None:
        """An empty id would name the list of all."""
        if not name:
            raise ValueError("a schedule has an id")
        try:
            async with calling():
                await self.client.schedule.delete(name)
        except RefusedByQStash:
            if name in await self.found():
                raise


async def apply(
    account: Account, changes: Sequence[Difference], *, told: Callable[[Difference], None] = lambda _: None
) -> None:
    """Make the account as it is wanted; `told` after each step."""
    for change in changes:
        if change.to is not None:
            await account.put(change.id, change.to, paused=change.was is not None and change.was.paused)
        elif change.kind is Kind.GONE:
            await account.drop(change.id)
        told(change)


def _found(told: Told) -> Found:
    body = told.body or (base64.b64decode(told.body_base64).decode(errors="replace") if told.body_base64 else "")
    return Found(Schedule(told.destination, told.cron, body, told.retries, told.method), told.paused)


@asynccontextmanager
async def calling() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LIMIT):
            yield
    except TimeoutError as error:
        raise DependencyDown("qstash", f"no answer in {LIMIT:g} s") from error
    except httpx.HTTPError as error:
        raise DependencyDown("qstash", type(error).__name__) from error
    except QStashError as error:
        text = cut(one_line(str(error)), LONGEST)
        if isinstance(error, THROTTLED) or text.startswith(ITS_OWN):
            raise DependencyDown("qstash", text) from error
        raise RefusedByQStash(f"qstash: {text}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # what the SDK makes of a garbled answer
        raise DependencyDown("qstash", "an answer that is none of its own") from error
