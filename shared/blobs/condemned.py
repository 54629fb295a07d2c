"""Keys that are being deleted: whoever would create an object at one waits until it is gone.

A key that is made of a run's id can be written a second time: a run that failed leaves `texts/a/r.txt` behind, is
replayed weeks later, and meets the sweep. Neither can lock the other out, so each first writes down what it is about to
do, and only then looks what the other has written:

    the run     it is live, or its report has a record ──▶ reads condemned(key) ──▶ creates the object
    the sweep   condemned(key) ──▶ reads the owners ──▶ deletes the object ──▶ takes condemned(key) away

    run: live     sweep: condemned   both look         the run waits; the sweep finds an owner, and spares the object
    run: live     run: reads         sweep: condemned  the sweep finds an owner, and spares the object
    sweep: condemned  sweep: reads   run: live         the run finds it condemned, and waits until it is gone

Of two that have written before they read, at least one sees the other: writes are the majority's, reads the primary's.

A condemnation belongs to the turn that has made it: two turns never delete the same object, for the slower of them
might do it when the faster has let the run in. One that died leaves its condemnations behind. They are adopted by the
same run's next delivery, which comes when the dead one's lease is over, or by anybody after LIFE, which is more than a
turn may take for one batch (Turn.hurry of functions/cleanup_blobs). The store's clock tells.

What is left to chance: a delete that got no answer was sent again, succeeded, and is carried out a second time when
the run has written. Not every store that is served takes a condition on a delete.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, Final

from pymongo import UpdateOne

from shared.blobs.pieces import pieces
from shared.database import Database, reachable
from shared.errors import RetryableError
from shared.runs.pipeline import NOW, field, literal

LIFE: Final = timedelta(minutes=15)
"""What a Lambda may live at most."""
SOON: Final = 30.0
"""Seconds; a batch is gone in a few."""


class BeingDeleted(RetryableError):
    """The object at this key is on its way out."""

    code = "being_deleted"


async def spare(database: Database, key: str) -> None:
    """Before an object is created at a key that may have been there, and after its owner is recorded.

    Raises BeingDeleted, DependencyDown.
    """
    async with reachable():
        if await database.condemned.find_one({"_id": key}, {"_id": 1}) is not None:
            raise BeingDeleted("what was there is being deleted", retry_after=SOON)


async def condemn(database: Database, keys: Collection[str], *, by: str) -> Sequence[str]:
    """Those that `by` may delete now, for LIFE from now on; the others are another's already."""
    since = {"$cond": [{"$eq": ["$by", literal(by)]}, NOW, "$at"]}
    ours = [{"$set": {"by": field("by", by)}}, {"$set": {"at": since}}]
    held: list[str] = []
    async with reachable():
        for piece in pieces(keys):
            writes = [UpdateOne({"_id": key}, ours, upsert=True) for key in piece]
            await database.condemned.bulk_write(writes, ordered=False)
            held += await _held(database, {"_id": {"$in": piece}, "by": by})
    return held


async def adopt(database: Database, *, by: str, limit: int, after: str = "") -> Sequence[str]:
    """What an earlier delivery of `by`, or a turn that must be dead, has left behind that key; at most so many.

    Theirs for LIFE from now on, too: else another turn might adopt them while they are being deleted.
    """
    long_ago: Any = {"$expr": {"$lte": [{"$add": ["$at", int(LIFE.total_seconds() * 1000)]}, NOW]}}
    left: Any = {"$or": [{"by": by}, long_ago]}
    ours: list[str] = []
    async with reachable():
        for piece in pieces(await _held(database, {"_id": {"$gt": after}, **left}, limit)):
            wanted = {"_id": {"$in": piece}}
            await database.condemned.update_many({**wanted, **left}, [{"$set": {"by": literal(by), "at": NOW}}])
            ours += await _held(database, {**wanted, "by": by})
    return ours


async def release(database: Database, keys: Collection[str], *, by: str) -> None:
    """They are gone, or have an owner."""
    async with reachable():
        for piece in pieces(keys):
            await database.condemned.delete_many({"_id": {"$in": piece}, "by": by})


async def _held(database: Database, wanted: dict[str, Any], limit: int = 0) -> list[str]:
    found = database.condemned.find(wanted, {"_id": 1}).sort("_id", 1).limit(limit)
    return [record["_id"] async for record in found]
