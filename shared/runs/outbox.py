"""From accepted to handed over: the record is written first, and is what the relay publishes if we can't.

    insert (caller's transaction) ──▶ commit ──▶ publish ──▶ pending -> queued, if it is still pending in this epoch

A delivery can overtake the last step (case 7): then the compare-and-set finds the run moved, and leaves it.
"""

from collections.abc import Sequence
from typing import Final

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError, OperationFailure

from shared.database import Database, Session
from shared.errors import DependencyDown
from shared.runs.model import Document, Run, State, read
from shared.runs.pipeline import NOW, either, equal, field, literal
from shared.runs.record import GRACE_MS, NewRun, create

RACES: Final = 8


async def insert(database: Database, new: NewRun, *, session: Session | None = None) -> Run:
    """The new run's record, or the live one that already has its business key.

    Who loses the race for a key looks again, and finds the winner's run; a transaction does so by beginning anew.
    """
    by = {"_id": new.id} if new.key is None else {"job": new.job, "owner": new.owner, "key": new.key}
    for _ in range(RACES):
        try:
            document: Document | None = await database.runs.find_one_and_update(
                by, [create(new)], upsert=True, return_document=ReturnDocument.AFTER, session=session
            )
        except DuplicateKeyError:
            document = None
        if document is not None:
            return read(document)
        if session is not None:
            raise OperationFailure("lost the race for a key", 112, {"errorLabels": ["TransientTransactionError"]})
    raise DependencyDown("mongodb", f"an insert lost {RACES} races")


async def insert_many(database: Database, new: Sequence[NewRun]) -> None:
    """Many keyless runs in one call; safe to repeat."""
    if new:
        await database.runs.bulk_write(
            [UpdateOne({"_id": one.id}, [create(one)], upsert=True) for one in new], ordered=False
        )


async def read_many(database: Database, ids: Sequence[str]) -> Sequence[Run]:
    """The runs with these ids, in their order; what is not there is left out."""
    found = {document["_id"]: read(document) async for document in database.runs.find({"_id": {"$in": list(ids)}})}
    return [found[run_id] for run_id in ids if run_id in found]


async def all_handed_over(database: Database, pairs: Sequence[tuple[Run, str]]) -> None:
    """QStash has the messages of these epochs: each run is queued, unless it has already gone further."""
    if pairs:
        await database.runs.bulk_write([UpdateOne(*_handing(run, mid)) for run, mid in pairs], ordered=False)


def _handing(run: Run, message_id: str) -> tuple[dict[str, object], list[dict[str, object]]]:
    pending = equal("$state", State.PENDING.value)
    due = {"$max": [NOW, "$not_before"]}
    return (
        {"_id": run.id, "epoch": run.epoch},
        [
            {
                "$set": {
                    "message_id": literal(message_id),
                    "state": either(pending, State.QUEUED.value, "$state"),
                    "look_at": either(pending, {"$add": [due, GRACE_MS]}, "$look_at"),
                    "looks": either(pending, 0, field("looks", 0)),
                }
            }
        ],
    )
