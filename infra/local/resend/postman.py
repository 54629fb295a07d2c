"""The one task in the background: scheduled mails leave and webhooks are delivered when they are due."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from infra.local.resend.office import PostOffice
from infra.local.resend.store import Store
from infra.local.resend.webhooks import Sender
from shared.clock import World

LONGEST_REST: Final = 60.0
"""A machine that slept, or a clock that was set, is noticed after this many seconds."""


@dataclass(slots=True)
class Bell:
    """Rung by whoever made new work for the postman."""

    _event: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self) -> None:
        self._event.set()

    async def wait(self) -> None:
        await self._event.wait()
        self._event.clear()


@dataclass(frozen=True, slots=True)
class Postman:
    office: PostOffice
    store: Store
    sender: Sender
    world: World
    bell: Bell

    async def run(self) -> None:
        while True:
            await self.round()
            await self._rest()

    async def round(self) -> None:
        """Do what is due now."""
        self.office.release_due()
        await self.sender.deliver_due()

    async def _rest(self) -> None:
        """Until the next thing is due, or the bell rings."""
        times = [self.store.next_due(), self.sender.next_due()]
        now = self.world.now()
        rest = min([LONGEST_REST, *(max(0.0, at - now) for at in times if at is not None)])
        naps = [asyncio.ensure_future(self.world.sleep(rest)), asyncio.ensure_future(self.bell.wait())]
        try:
            await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for nap in naps:
                nap.cancel()
            # Not one `suppress` a nap: it would swallow a cancel that is meant for the postman himself.
            await asyncio.gather(*naps, return_exceptions=True)
