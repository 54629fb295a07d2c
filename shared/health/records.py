"""The records of health: one a part and one of the whole, replaced by each turn, and a line a turn that is kept a week.

    health          whole: {status, since, why, backlogs, checked_at, turn}     redis: {status, since, why, latency, ..}
    health_checks   turn: {at, status, parts: {redis: {found, status, latency, why}, ..}, backlogs}

A turn replaces the records that it has read and no others: `turn` is compared and set, in the transaction that also
accepts the alert. So of two turns that overlap, or of one that is made again after a crash, each change is told once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from pymongo import DeleteMany, ReplaceOne
from pymongo.errors import DuplicateKeyError

from shared.database import Database, Session
from shared.errors import RetryableError
from shared.health.model import Backlog, Health, Part, Status
from shared.runs.model import instant

WHOLE: Final = "whole"
PROBED: Final = "probed"
"""MongoDB's own probe writes here: it is no part."""
KEPT: Final = timedelta(days=7)

PERIOD: Final = timedelta(minutes=5)
"""The cron's, in serverless.yml; a test holds the two together."""
MISSED: Final = 3
"""Turns that do not come before what is known is old."""


class Overtaken(RetryableError):
    """Another turn has judged meanwhile, and this one knows too little now."""

    def __init__(self) -> None:
        super().__init__("another turn of the checks was faster")


async def read(database: Database) -> Health | None:
    """As the last turn left it; None before the first one."""
    records = {record["_id"]: record for record in await database.health.find({}).to_list(None)}
    whole = records.pop(WHOLE, None)
    records.pop(PROBED, None)
    if whole is None:
        return None
    return Health(
        Status(whole["status"]),
        whole["since"],
        tuple(whole["why"]),
        {name: _part(record) for name, record in sorted(records.items())},
        {name: Backlog(**backlog) for name, backlog in whole["backlogs"].items()},
        whole["checked_at"],
        whole["turn"],
    )


async def write(database: Database, before: Health | None, health: Health, *, session: Session) -> None:
    """In the transaction of the turn. Raises Overtaken, unless `before` is what is there."""
    await _replace(database, before, _whole(health), session)
    parts = [ReplaceOne({"_id": name}, _record(part), upsert=True) for name, part in sorted(health.parts.items())]
    gone = DeleteMany({"_id": {"$nin": [WHOLE, PROBED, *health.parts]}})
    await database.health.bulk_write([*parts, gone], session=session)
    await database.health_checks.insert_one(_check(health), session=session)


def stale(health: Health | None, *, now: float, period: timedelta = PERIOD) -> bool:
    """Whether the checks do not run: what is known may be long over. `now` is our clock, in seconds."""
    return health is None or now * 1000 - health.checked_at > MISSED * period.total_seconds() * 1000


async def _replace(database: Database, before: Health | None, whole: dict[str, Any], session: Session) -> None:
    if before is not None:
        there = {"_id": WHOLE, "turn": before.turn}
        if not (await database.health.replace_one(there, whole, session=session)).matched_count:
            raise Overtaken
        return
    try:
        await database.health.insert_one({"_id": WHOLE, **whole}, session=session)
    except DuplicateKeyError:
        raise Overtaken from None


def _whole(health: Health) -> dict[str, Any]:
    return {
        "status": health.status.value,
        "since": health.since,
        "why": list(health.why),
        "backlogs": _backlogs(health),
        "checked_at": health.checked_at,
        "turn": health.turn,
    }


def _record(part: Part) -> dict[str, Any]:
    return {
        "status": part.status.value,
        "since": part.since,
        "why": part.why,
        "latency": part.latency,
        "found": part.found.value,
        "found_at": part.found_at,
    }


def _check(health: Health) -> dict[str, Any]:
    """What this turn has looked at, and what became of it."""
    told = ("found", "status", "latency", "why")
    return {
        "_id": health.turn,
        "at": health.checked_at,
        "status": health.status.value,
        "parts": {
            name: {word: _record(part)[word] for word in told}
            for name, part in health.parts.items()
            if part.found_at == health.checked_at
        },
        "backlogs": _backlogs(health),
        "expires_at": instant(health.checked_at) + KEPT,
    }


def _backlogs(health: Health) -> Mapping[str, Mapping[str, int | None]]:
    return {name: {"count": one.count, "oldest": one.oldest} for name, one in health.backlogs.items()}


def _part(record: Mapping[str, Any]) -> Part:
    return Part(
        Status(record["status"]),
        record["since"],
        record["why"],
        record["latency"],
        Status(record["found"]),
        record["found_at"],
    )
