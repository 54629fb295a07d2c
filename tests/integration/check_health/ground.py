"""What the probes are pointed at, and what one of them finds there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from functions.check_health import probing
from functions.check_health.checking import Services
from functions.check_health.wiring import clients, services
from infra.local.faults import Fault, FaultProxy, Http, Judge, Mongo
from shared.clock import World
from shared.database import Database
from shared.health.model import Look
from shared.process import Process

RESEND_KEY: Final = "re_a_key_of_the_checks"
ADDRESSES: Final[Mapping[str, str]] = {
    "mongodb": "MONGODB_URI",
    "redis": "UPSTASH_REDIS_REST_URL",
    "qstash": "QSTASH_URL",
    "resend": "RESEND_API_URL",
    "storage": "STORAGE_ENDPOINT",
    "ai": "AI_URL",
}
"""The variable that holds the address, by the part that is probed there."""


@dataclass(frozen=True, slots=True)
class Ground:
    database: Database
    environment: Mapping[str, str]
    _patch: pytest.MonkeyPatch

    @asynccontextmanager
    async def wired(self, **changed: str) -> AsyncIterator[Services]:
        """The job's services, as its Lambda wires them, in an environment that differs so; closed in the end."""
        for name, value in {**self.environment, **changed}.items():
            self._patch.setenv(name, value)
        process = Process("check_health")
        asked = clients(process)
        try:
            yield services(process, asked)
        finally:
            # Its last words go through a proxy that is served by this very loop.
            await asyncio.to_thread(process.database.client.close)
            await asked.redis.aclose()
            await asked.qstash.aclose()
            await asked.model.close()
            asked.storage.close()

    async def look(self, part: str, **changed: str) -> Look:
        """What the probe of one part finds, twice where that is not good."""
        async with self.wired(**changed) as made:
            found = await probing.looks({part: made.probes[part]}, World(), logging.getLogger("probe"))
        return found[part]

    async def look_through(self, part: str, fault: Fault | None, *, probed: str | None = None) -> Look:
        """Every exchange with the part's service meets the fault; None: connections are refused."""
        async with self.through(part, lambda _: fault) as (changed, proxy):
            if fault is None:
                await proxy.refuse()
            return await self.look(probed or part, **changed)

    @asynccontextmanager
    async def through(self, part: str, judge: Judge) -> AsyncIterator[tuple[dict[str, str], FaultProxy]]:
        """The environment in which the part's service is reached through a proxy, and the proxy."""
        variable = ADDRESSES[part]
        where = urlsplit(self.environment[variable])
        framing: Any = Mongo() if part == "mongodb" else Http()
        async with FaultProxy(part, framing, (str(where.hostname), where.port or 80), judge) as proxy:
            yield {variable: where._replace(netloc=proxy.authority).geturl()}, proxy

    def limits(self, *, limit: float = 60.0, slow: float = 60.0) -> None:
        """Seconds: generous ones, where they are not the subject."""
        self._patch.setattr(probing, "LIMIT", limit)
        self._patch.setattr(probing, "SLOW", slow)
