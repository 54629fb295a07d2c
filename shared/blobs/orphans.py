"""Marks of objects that no record names: since when that was seen, and of which object at that key.

    (none) ──the bucket's listing──▶ marked ──a later listing finds an owner, another object, or none──▶ (none)
                                       └── due ──▶ condemned ──▶ deleted ──▶ (none)

A mark decides nothing: it says that the object may be looked at again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import ReplaceOne

from shared.blobs.pieces import pieces
from shared.database import Database, reachable


@dataclass(frozen=True, slots=True)
class Orphan:
    key: str
    marked_at: int
    """Milliseconds since the epoch."""
    size: int
    etag: str
    reason: str


async def among(database: Database, keys: Collection[str]) -> Mapping[str, Orphan]:
    """Those of the keys that are marked."""
    marks: dict[str, Orphan] = {}
    async with reachable():
        for piece in pieces(keys):
            found = await database.orphans.find({"_id": {"$in": piece}}).to_list(len(piece))
            marks |= {orphan.key: orphan for orphan in map(_read, found)}
    return marks


async def between(database: Database, after: str, last: str | None, limit: int) -> Sequence[Orphan]:
    """Marks behind one key and up to another (None: to the end), in the order of their keys."""
    keys = {"$gt": after} if last is None else {"$gt": after, "$lte": last}
    async with reachable():
        found = await database.orphans.find({"_id": keys}).sort("_id", 1).limit(limit).to_list(limit)
    return [_read(record) for record in found]


async def due(database: Database, *, after: str, until: int, limit: int) -> Sequence[Orphan]:
    """Marked until then, in the order of their keys, behind the key `after`."""
    wanted = {"_id": {"$gt": after}, "marked_at": {"$lte": until}}
    async with reachable():
        found = await database.orphans.find(wanted).sort("_id", 1).limit(limit).to_list(limit)
    return [_read(record) for record in found]


async def mark(database: Database, orphans: Collection[Orphan]) -> None:
    """From now on, whatever mark was there."""
    new = {orphan.key: _record(orphan) for orphan in orphans}
    async with reachable():
        for piece in pieces(new):
            writes = [ReplaceOne({"_id": key}, new[key], upsert=True) for key in piece]
            await database.orphans.bulk_write(writes, ordered=False)


async def unmark(database: Database, keys: Collection[str]) -> None:
    async with reachable():
        for piece in pieces(keys):
            await database.orphans.delete_many({"_id": {"$in": piece}})


def _record(orphan: Orphan) -> dict[str, Any]:
    return {"marked_at": orphan.marked_at, "size": orphan.size, "etag": orphan.etag, "reason": orphan.reason}


def _read(record: Mapping[str, Any]) -> Orphan:
    return Orphan(record["_id"], record["marked_at"], record["size"], record["etag"], record["reason"])
