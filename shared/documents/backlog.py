"""What the search index does not know yet: documents whose version is above their `indexed_version`.

A query can't use an index to compare two fields, so the backlog is a field of its own: `unindexed_since`, set by every
change that finds it unset (records.RAISED), removed when the newest version is marked as indexed. Its index holds the
backlog and nothing else.

    change       version 3 -> 4, unindexed_since: now, if it is not set
    mark(3)      indexed_version 3; 4 is not indexed yet: unindexed_since stays
    mark(4)      indexed_version 4, unindexed_since removed
    mark(3)      late: changes nothing
    put_back     indexed_version 0, unindexed_since: now, whatever it was: it will be indexed once more
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pymongo import UpdateOne

from shared.database import Database, Session
from shared.runs.pipeline import NOW, Expression, field

WAITING: Final[Mapping[str, Any]] = {"unindexed_since": {"$exists": True}}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a batch is made up by: no more of a record than that, so that no record can spoil a page."""

    id: str
    characters: int
    """Of its text."""


async def page(database: Database, limit: int, *, besides: Collection[str] = ()) -> Sequence[Waiting]:
    """The longest waiting first, deleted ones too; without those that are named."""
    wanted = {**WAITING, "_id": {"$nin": sorted(besides)}} if besides else WAITING
    found = database.documents.find(wanted, {"text": 1}).sort("unindexed_since", 1).limit(limit)
    return [
        Waiting(record["_id"], (record.get("text") or {}).get("characters", 0)) for record in await found.to_list(limit)
    ]


async def oldest(database: Database) -> int | None:
    """Since when the longest waiting has been waiting, in milliseconds since the epoch; None: nothing is."""
    record = await database.documents.find_one(WAITING, {"unindexed_since": 1}, sort=[("unindexed_since", 1)])
    return int(record["unindexed_since"]) if record else None


async def waiting(database: Database) -> int:
    """How many."""
    return int(await database.documents.count_documents(WAITING))


async def mark(database: Database, versions: Mapping[str, int], *, session: Session | None = None) -> None:
    """The index holds these versions of these documents, or newer ones; a mark never goes back."""
    if versions:
        await database.documents.bulk_write(
            [_marking(document_id, version) for document_id, version in sorted(versions.items())],
            ordered=False,
            session=session,
        )


def _marking(document_id: str, version: int) -> UpdateOne:
    indexed: Expression = {"$max": [field("indexed_version", 0), version]}
    newest: Expression = {"$gte": [version, "$version"]}
    since: Expression = {"$cond": [newest, "$$REMOVE", "$unindexed_since"]}
    behind = {"indexed_version": {"$lt": version}}
    return UpdateOne(
        {"_id": document_id, "$or": [behind, {"version": {"$lte": version}, **WAITING}]},
        [{"$set": {"indexed_version": indexed, "unindexed_since": since}}],
    )


async def put_back(database: Database, ids: Collection[str]) -> int:
    """They will be indexed once more; how many of them there are."""
    if not ids:
        return 0
    changed = await database.documents.update_many(
        {"_id": {"$in": sorted(ids)}},
        [{"$set": {"indexed_version": 0, "unindexed_since": {"$ifNull": ["$unindexed_since", NOW]}}}],
    )
    return changed.matched_count
