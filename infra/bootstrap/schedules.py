"""QStash's schedules, as `python -m infra schedules apply` brings them to what serverless.yml declares.

They call functions, whose URLs are not known before they have been deployed: until then they wait.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.bootstrap.model import Change, Kind
from infra.commands.qstash import account
from infra.deployed import NotDeployed
from infra.local.serverless import Service
from infra.schedules.account import apply
from infra.schedules.addresses import addresses
from infra.schedules.declared import declared
from infra.schedules.differing import Difference, differences
from infra.schedules.differing import Kind as Differs
from infra.schedules.model import Found, Schedule

KINDS: Final[Mapping[Differs, Kind]] = {
    Differs.ADDED: Kind.ADDED,
    Differs.CHANGED: Kind.CHANGED,
    Differs.GONE: Kind.GONE,
}


@dataclass(frozen=True, slots=True)
class SchedulesPart:
    service: Callable[[], Service]
    name: str = "schedules"

    async def differences(self) -> Sequence[Change]:
        service = self.service()
        try:
            # In a thread, because boto3 blocks and the other parts do not wait for it.
            urls = await asyncio.to_thread(addresses, service, os.environ)
        except NotDeployed as error:
            return [Change(Kind.WAITING, f"{len(service.schedules)} schedules", to=error.message)]
        async with account() as qstash:
            found = await qstash.found()
        return [_change(one) for one in differences(declared(service, urls), found)]

    async def apply(self, change: Change) -> None:
        async with account() as qstash:
            await apply(qstash, [change.plan])


def _change(one: Difference) -> Change:
    was = _said(one.was.schedule, one.parts) if one.was else ""
    return Change(KINDS[one.kind], f"{one.id}{_paused(one.was)}", was, _said(one.to, one.parts) if one.to else "", one)


def _said(schedule: Schedule, parts: Sequence[str]) -> str:
    """Of one that changes what differs, else when it comes."""
    return ", ".join(f"{part} {getattr(schedule, part)}" for part in parts) or schedule.cron


def _paused(found: Found | None) -> str:
    return " (paused)" if found and found.paused else ""
