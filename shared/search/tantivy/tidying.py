"""Deletes packs that nobody can need any more (case 28).

    retired   a day after the last generation that named it was superseded: a reader that opens that one has long ended,
              or reads the generation again when it misses a file
    orphan    uploaded more than a day ago and never named: its writer, who may live fifteen minutes, has died

The bucket is listed before the generation is read: a pack that is committed meanwhile is named then, and one that is
uploaded meanwhile was not listed.
"""

from datetime import timedelta
from typing import Final

from shared.database import Database, reachable
from shared.runs.pipeline import NOW
from shared.search.index import Tidied
from shared.search.tantivy import generations, packs
from shared.search.tantivy.generations import NOTHING
from shared.storage import Storage

KEPT: Final = timedelta(days=1)
BATCH: Final = 1000


async def tidy(database: Database, storage: Storage, *, now: float) -> Tidied:
    """The packs that are gone. `now` is in seconds since the epoch."""
    old = {
        listed.key: listed.size
        async for page in storage.list(packs.PREFIX)
        for listed in page
        if listed.modified.timestamp() < now - KEPT.total_seconds()
    }
    generation = await generations.read(database) or NOTHING
    async with reachable():
        retired = {record["_id"] async for record in database.search_retired.find({}, {"_id": 1})}
        due = await database.search_retired.find(
            {"$expr": {"$lte": [{"$add": ["$retired_at", int(KEPT.total_seconds() * 1000)]}, NOW]}}, {"_id": 1}
        ).to_list(BATCH)
    unneeded = [record["_id"] for record in due if record["_id"] not in generation.packs]
    orphans = [key for key in old if key not in generation.packs and key not in retired]
    left = set(await storage.delete([*unneeded, *orphans]))
    gone = [key for key in (*unneeded, *orphans) if key not in left]
    async with reachable():
        await database.search_retired.delete_many({"_id": {"$in": [key for key in unneeded if key not in left]}})
    return Tidied(len(gone), sum(old.get(key, 0) for key in gone))
