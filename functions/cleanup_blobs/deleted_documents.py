"""Documents that their owners deleted: file and text go, then the record, once the search index has forgotten it.

deleted_at ──grace──▶ file and text gone ──▶ erased, if the index has seen its last version

A document is never undeleted. The grace is for who has its file open: a run that reads it, a download that goes on.
The record stays until then, because the index's sync goes by it (shared/documents/backlog.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.cleanup_blobs.dying import Dying, Kind, summed
from functions.cleanup_blobs.turn import Turn
from shared.blobs.pieces import pieces
from shared.database import reachable

REASON: Final = "document_deleted"
INDEXED: Final[Mapping[str, Any]] = {"unindexed_since": {"$exists": False}}
FIELDS: Final[Mapping[str, int]] = {"file": 1, "text": 1}


def _deleted(turn: Turn) -> dict[str, Any]:
    until = turn.before(turn.services.periods.grace)
    return {"deleted_at": {"$exists": True, "$ne": None, "$lte": until}}


async def _due(turn: Turn, limit: int, besides: Sequence[str]) -> Sequence[Dying]:
    wanted = {**_deleted(turn), "_id": {"$nin": list(besides)}}
    async with reachable():
        found = turn.database.documents.find(wanted, dict(FIELDS)).sort("deleted_at", 1).limit(limit)
        return [_read(record) for record in await found.to_list(limit)]


def _read(record: Mapping[str, Any]) -> Dying:
    file, text = record["file"], record.get("text")
    if text is None:
        return Dying(record["_id"], (file["key"],), file["size"], REASON)
    return Dying(record["_id"], (file["key"], text["key"]), file["size"] + text["characters"], REASON)


async def _doom(turn: Turn, dying: Sequence[Dying]) -> Sequence[Dying]:
    """One whose last version the index has not seen is left: neither waiting for it, nor forgotten by it."""
    seen: set[str] = set()
    async with reachable():
        for piece in pieces([one.id for one in dying]):
            found = turn.database.documents.find(
                {"_id": {"$in": piece}, **INDEXED}, {"version": 1, "indexed_version": 1}
            )
            seen |= {record["_id"] async for record in found if record["indexed_version"] >= record["version"]}
    return [one for one in dying if one.id in seen]


async def _erase(turn: Turn, dying: Sequence[Dying]) -> None:
    async with reachable():
        for piece in pieces([one.id for one in dying]):
            await turn.database.documents.delete_many({**_deleted(turn), **INDEXED, "_id": {"$in": piece}})


async def _would(turn: Turn) -> Mapping[str, tuple[int, int]]:
    sums = {
        "by": None,
        "count": {"$cond": [{"$ifNull": ["$text.key", False]}, 2, 1]},
        "bytes": {"$add": ["$file.size", {"$ifNull": ["$text.characters", 0]}]},
    }
    return await summed(turn.database.documents, {**_deleted(turn), **INDEXED}, sums, {None: REASON})


DOCUMENTS: Final = Kind(page=500, due=_due, doom=_doom, erase=_erase, would=_would)
