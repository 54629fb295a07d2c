"""Reports that are past their retention: the PDF goes, then the record.

expires_at ──▶ condemned ──▶ its run is over, and it is still expired ──▶ object gone ──▶ erased, released
                                └─ not: released, and left for the next turn

The run that makes a report can be replayed as late as it can be read, and then begins a record, writes the file and
finishes the record, which gives it a new retention (shared/reports.py). While that run is live its report is left
alone. One that becomes live after the look finds the key condemned, and waits (shared/blobs/condemned.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from functions.cleanup_blobs.dying import Dying, Kind, summed
from functions.cleanup_blobs.turn import Turn
from shared.blobs import condemned, owners
from shared.blobs.pieces import pieces
from shared.database import reachable

REASON: Final = "report_expired"
FIELDS: Final[Mapping[str, int]] = {"key": 1, "size": 1}


def _expired(turn: Turn) -> dict[str, Any]:
    return {"expires_at": {"$lte": turn.progress.began}}


async def _due(turn: Turn, limit: int, besides: Sequence[str]) -> Sequence[Dying]:
    wanted = {**_expired(turn), "_id": {"$nin": list(besides)}}
    async with reachable():
        found = turn.database.reports.find(wanted, dict(FIELDS)).sort("expires_at", 1).limit(limit)
        return [
            Dying(record["_id"], (record["key"],), record.get("size", 0), REASON)
            for record in await found.to_list(limit)
        ]


async def _doom(turn: Turn, dying: Sequence[Dying]) -> Sequence[Dying]:
    """The runs are read before the records: one that finishes its report and ends is seen as live, or the new end."""
    keys = set(await condemned.condemn(turn.database, [key for one in dying for key in one.keys], by=turn.by))
    over: set[str] = set()
    async with reachable():
        for piece in pieces([one.id for one in dying]):
            live = await owners.live(turn.database, piece)
            found = turn.database.reports.find({**_expired(turn), "_id": {"$in": piece}}, {"_id": 1})
            over |= {record["_id"] async for record in found} - live
    doomed = [one for one in dying if keys.issuperset(one.keys) and one.id in over]
    spared = keys.difference(*(one.keys for one in doomed))
    await condemned.release(turn.database, spared, by=turn.by)
    return doomed


async def _erase(turn: Turn, dying: Sequence[Dying]) -> None:
    async with reachable():
        for piece in pieces([one.id for one in dying]):
            await turn.database.reports.delete_many({**_expired(turn), "_id": {"$in": piece}})
    await condemned.release(turn.database, [key for one in dying for key in one.keys], by=turn.by)


async def _would(turn: Turn) -> Mapping[str, tuple[int, int]]:
    sums = {"by": None, "count": 1, "bytes": {"$ifNull": ["$size", 0]}}
    return await summed(turn.database.reports, _expired(turn), sums, {None: REASON})


REPORTS: Final = Kind(page=1000, due=_due, doom=_doom, erase=_erase, would=_would)
