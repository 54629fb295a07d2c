"""What waits for something, how much of it there is, and since when the oldest has been waiting.

pending      a run that is due and not with QStash: the relay's
retrying     a run that is being tried again, since it was accepted
stuck        a run whose worker's lease is over: the relay's, or its own next delivery's
failed       a run that a person may replay or purge; for information
unindexed    a document of which the search index does not know the newest version
uncertain    a mail that may have gone out, and whose run is there for a person to decide on: purging the run decides
erasing      a user behind whom the door is closed, and who is still there: their job was cancelled, or waits
orphans      an object that no record names, marked; for information
condemned    an object that is being deleted; for information
uploads      an upload whose URL has expired, so that its record should go; for information
reports      a report that has expired; for information
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from shared.database import Collection, Database
from shared.documents import backlog
from shared.health.model import Backlog
from shared.runs.model import State

LOOKED_THROUGH: Final = 1_000
"""Uncertain mails, the oldest first: there are more only when a person has looked at none for a long time."""


async def backlogs(database: Database, now: float) -> Mapping[str, Backlog]:
    """By the names above. `now` is our clock, in seconds."""
    at = int(now * 1000)
    runs, due = database.runs, {"$lte": at}
    counting = {
        "pending": _counted(runs, {"state": State.PENDING.value, "not_before": due}, "not_before"),
        "retrying": _counted(runs, {"state": State.RETRYING.value}, "created"),
        "stuck": _counted(runs, {"state": State.RUNNING.value, "lease": due}, "lease"),
        "failed": _counted(runs, {"state": State.FAILED.value}, "created"),
        "unindexed": _counted(database.documents, backlog.WAITING, "unindexed_since"),
        "uncertain": _uncertain(database),
        "erasing": _counted(database.users, {"erasing": {"$exists": True}}, "erasing"),
        "orphans": _all(database.orphans, "marked_at"),
        "condemned": _counted(database.condemned, {}, "at"),
        "uploads": _counted(database.uploads, {"state": {"$ne": "claimed"}, "url_expires_at": due}, "url_expires_at"),
        "reports": _counted(database.reports, {"expires_at": due}, "expires_at"),
    }
    return dict(zip(counting, await asyncio.gather(*counting.values()), strict=True))


async def _counted(collection: Collection, wanted: Mapping[str, Any], since: str) -> Backlog:
    stages: list[dict[str, Any]] = [
        {"$match": wanted},
        {"$group": {"_id": None, "count": {"$sum": 1}, "oldest": {"$min": f"${since}"}}},
    ]
    async for found in collection.aggregate(stages):
        return Backlog(found["count"], found["oldest"])
    return Backlog(0, None)


async def _all(collection: Collection, since: str) -> Backlog:
    """Of a collection that may have a line for every object in the bucket: nothing is counted one by one."""
    oldest = await collection.find({}, {since: 1}).sort(since, 1).limit(1).to_list(1)
    if not oldest:
        return Backlog(0, None)
    return Backlog(await collection.estimated_document_count(), oldest[0][since])


async def _uncertain(database: Database) -> Backlog:
    """A record outlives its run: it is the run that waits for a person."""
    mails = database.emails.find({"state": "uncertain"}, {"created": 1}).sort("created", 1).limit(LOOKED_THROUGH)
    created = {mail["_id"]: mail["created"] async for mail in mails}
    if not created:
        return Backlog(0, None)
    waiting = database.runs.find({"_id": {"$in": list(created)}, "state": State.FAILED.value}, {"_id": 1})
    since = [created[run["_id"]] async for run in waiting]
    return Backlog(len(since), min(since, default=None))
