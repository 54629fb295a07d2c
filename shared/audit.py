"""Who has done what to a run, a key, an address or a user: kept a year, and written with the change itself.

async def work(session):
    replayed = await replay(database, run, ..)
    await audit.note(database, [Act("key:4w8s", "run.replay", run.id)], now=world.now(), session=session)
await transaction(database, work)
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from pymongo import InsertOne

from shared.clock import new_token
from shared.database import Database, Session
from shared.paging import Place, behind, latest
from shared.runs.model import instant, to_json

KEPT: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Act:
    """`by` is a principal's id, or `command line`; `what` says nothing of a payload's content but its fields' names."""

    by: str
    action: str
    """`run.replay`, `run.cancel`, `run.purge`, `address.lift`, `user.erase` .."""
    subject: str
    """What it was done to: a run's id, a user's .."""
    what: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An act, and when it was; milliseconds since the epoch."""

    id: str
    at: int
    act: Act


async def note(database: Database, acts: Sequence[Act], *, now: float, session: Session | None = None) -> None:
    """In the transaction of the change where there is one. `now` is our clock, in seconds."""
    at = int(now * 1000)
    kept = instant(at + int(KEPT.total_seconds() * 1000))
    writes = [
        InsertOne(
            {
                "_id": new_token(),
                "at": at,
                "by": act.by,
                "action": act.action,
                "subject": act.subject,
                "what": to_json(act.what),
                "expires_at": kept,
            }
        )
        for act in acts
    ]
    if writes:
        await database.audit.bulk_write(writes, ordered=False, session=session)


async def rename(database: Database, subjects: Sequence[str], *, to: str, session: Session | None = None) -> None:
    """What was done to these is told of `to` from now on: of a user's id, where an address is to be forgotten."""
    await database.audit.update_many({"subject": {"$in": list(subjects)}}, {"$set": {"subject": to}}, session=session)


async def page(
    database: Database, *, limit: int, subject: str | None = None, after: Place | None = None
) -> Sequence[Entry]:
    """The latest first; of one subject, or of all."""
    wanted: dict[str, Any] = {} if subject is None else {"subject": subject}
    found = database.audit.find(wanted | behind(after, "at")).sort(latest("at")).limit(limit)
    return [_read(record) for record in await found.to_list(limit)]


def _read(record: Mapping[str, Any]) -> Entry:
    act = Act(record["by"], record["action"], record["subject"], json.loads(record["what"]))
    return Entry(record["_id"], record["at"], act)
