"""From accepted to handed over: the record is written first, and is what the relay publishes if we can't.

    insert (caller's transaction) ──▶ commit ──▶ publish ──▶ pending -> queued, if it is still pending in this epoch

A delivery can overtake the last step (case 7): then the compare-and-set finds the run moved, and leaves it.

A run that is asked for nothing but to look at the store serves all who want that before it begins: they `join` it.

    change + join, committed ──▶ claim ──▶ the run looks, and sees the change
    claim ──▶ join finds it running, and inserts another
    join writes to the run's record, a claim comes meanwhile ──▶ one of them meets the other's write, and begins anew:
                                                                 there is no order in which the run looks first
"""

from collections.abc import Sequence
from typing import Final

from pymongo import ReturnDocument, UpdateOne
from pymongo.errors import DuplicateKeyError

from shared.database import Database, Session, begin_anew
from shared.errors import DependencyDown
from shared.runs.model import Document, Run, State, read
from shared.runs.pipeline import NOW, either, equal, field, literal
from shared.runs.record import GRACE_MS, NewRun, create

RACES: Final = 8
UNCLAIMED: Final = (State.PENDING, State.QUEUED, State.RETRYING)
SOON_MS: Final = 5_000
"""A run that may be claimed no sooner is not joined: whoever joins would wait as long."""
STUCK_MS: Final = 60_000
"""Nor is one that could have been claimed for longer: its message may be lost. That is one run a minute, not more."""


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
            raise begin_anew("lost the race for a key")
    raise DependencyDown("mongodb", f"an insert lost {RACES} races")


async def join(database: Database, new: NewRun, *, now: float, session: Session, alone: bool = False) -> Run:
    """A run of the same job, owner and payload that is about to be claimed; else, or if `alone`, the new one.

    Those who join write to one record, and so meet each other: whose transaction has begun anew should ask for a run
    `alone`. `now` is our clock, in seconds: it only tells a run that waits long from one that is due.
    """
    waiting = None if alone else await database.runs.find_one(_waiting(new, int(now * 1000)), session=session)
    if waiting is None:
        return await insert(database, new, session=session)
    await database.runs.update_one({"_id": waiting["_id"]}, {"$inc": {"joined": 1}}, session=session)
    return read(waiting)


def _waiting(new: NewRun, now: int) -> dict[str, object]:
    """The index is that of a job's states: those who wait are few, however many have ended."""
    return {
        "job": new.job,
        "state": {"$in": [state.value for state in UNCLAIMED]},
        "owner": new.owner,
        "payload": new.payload,
        "version": new.version,
        "not_before": {"$gte": now - STUCK_MS, "$lte": now + SOON_MS},
        "cancel": None,
    }


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
