"""One turn of the checks.

what the last turn left ──▶ probes, all at once ──▶ backlogs ──▶ judged ──▶ recorded, told ──▶ metrics, one line

Nothing is recorded, told or counted of a turn that can't end: MongoDB, which it begins with, ends it too. A turn that
is delivered again judges again, as any turn does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from functions.check_health.probing import Probe, looks
from functions.check_health.resting import due
from functions.check_health.telling import Teller
from shared.context import JobContext
from shared.database import Database, Session, reachable, transaction
from shared.health import ages, records
from shared.health.backlogs import backlogs
from shared.health.judging import judged, whole
from shared.health.model import BADNESS, Backlog, Health, Look, Status
from shared.observability import HealthLine, tell_health
from shared.runs.model import Run

NEEDED: Final = 15.0
"""Seconds that the rest of a turn may take when its probes are done."""


@dataclass(frozen=True, slots=True)
class Services:
    database: Database
    probes: Mapping[str, Probe]
    costly: frozenset[str]
    """The probes that are paid for."""
    teller: Teller
    time_scale: float


Context = JobContext[Services]


async def check_health(context: Context) -> dict[str, Any]:
    """What the turn found: the run's result."""
    services, world = context.services, context.world
    at = int(world.now() * 1000)
    async with reachable():
        before = await records.read(services.database)
    probes = due(services.probes, services.costly, before, at=at, time_scale=services.time_scale)
    found = await looks(probes, world, context.log)
    context.need(NEEDED)
    async with reachable():
        waiting = await backlogs(services.database, world.now())
    found = {**found, **ages.looks(waiting, at=at, time_scale=services.time_scale)}
    after = _judged(before, found, waiting, at=at, turn=world.token(), services=services)
    context.accepted.extend(await _record(services, before, after))
    _tell(context, before, after)
    return {"status": after.status.value, "why": list(after.why)}


def _judged(
    before: Health | None,
    found: Mapping[str, Look],
    waiting: Mapping[str, Backlog],
    *,
    at: int,
    turn: str,
    services: Services,
) -> Health:
    gap = round(records.MISSED * records.PERIOD / services.time_scale / timedelta(milliseconds=1))
    known = before.parts if before else {}
    rested = {name: known[name] for name in services.probes if name in known and name not in found}
    parts = {**rested, **{name: judged(known.get(name), look, at=at, gap=gap) for name, look in found.items()}}
    status, why = whole(parts)
    began = before or Health(Status.HEALTHY, at, (), {}, {}, at)
    since = began.since if status is began.status else began.checked_at
    return Health(status, since, why, parts, waiting, at, turn)


async def _record(services: Services, before: Health | None, after: Health) -> list[Run]:
    """The runs that tell of a change, which is recorded exactly when they are accepted."""

    async def work(session: Session) -> list[Run]:
        await records.write(services.database, before, after, session=session)
        was = before or after
        return [] if was.status is after.status else [*await services.teller.tell(was, after, session)]

    return await transaction(services.database, work)


def _tell(context: Context, before: Health | None, after: Health) -> None:
    waiting = {name: backlog for name, backlog in after.backlogs.items() if backlog.count}
    probed = {name: part for name, part in after.parts.items() if part.found_at == after.checked_at}
    line = HealthLine(
        status=after.status.value,
        badness=BADNESS[after.status],
        changed=before is not None and before.status is not after.status,
        why=after.why,
        latencies={name: part.latency for name, part in probed.items() if part.latency is not None},
        backlogs={name: backlog.count for name, backlog in waiting.items()},
        oldest={name: backlog.waited(after.checked_at) // 1000 for name, backlog in waiting.items()},
    )
    tell_health(context.log, line)
