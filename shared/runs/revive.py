"""What others than its worker do to a run: revive a lost one, replay one that has ended, cancel, look again later.

`revive` and `replay` raise the epoch, so that the new intention has its own deduplication id and an old message's late
news can be told from it (cases 2 and 5). They and `cancel` are a compare-and-set on the run as it was read; None means
that it has moved since. In a transaction (`session`) a race for a business key begins that anew.
"""

from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.database import Database, Session, begin_anew
from shared.runs.editing import Edited
from shared.runs.finish import Alert, End, finish, free, unchanged
from shared.runs.model import Run, State, read
from shared.runs.pipeline import NOW, Expression, either, equal, every, field, literal
from shared.runs.record import GRACE_MS


async def revive(database: Database, run: Run) -> Run | None:
    """Back to pending with the next epoch, unless a live lease holds it or it has ended."""
    return await _change(
        database,
        run,
        every(unchanged(run), {"$ne": ["$state", State.PENDING.value]}, free()),
        {
            "state": State.PENDING.value,
            "epoch": {"$add": ["$epoch", 1]},
            "revivals": {"$add": [field("revivals", 0), 1]},
            "message_id": None,
            "holder": None,
            "lease": 0,
            "look_at": NOW,
            "looks": 0,
        },
    )


async def replay(
    database: Database,
    run: Run,
    *,
    by: str,
    max_age: int,
    delay: int = 0,
    edit: Edited | None = None,
    session: Session | None = None,
) -> Run | None:
    """A finished run that has not succeeded starts over with a whole budget, because a person says so.

    It goes on at its cursor, unless it is asked for something else now. It takes back the business key that it freed:
    None, too, where another run has that. `max_age` and `delay` are in milliseconds.
    """
    due = {"$add": [NOW, delay]}
    afresh = {"cursor": None, "cursor_version": None}
    asked = {"payload": literal(edit.payload), "version": edit.version, **afresh} if edit else {}
    ended = every(
        equal("$epoch", run.epoch),
        equal("$fence", run.fence),
        {"$in": ["$state", [State.FAILED.value, State.CANCELLED.value]]},
    )
    return await _change(
        database,
        run,
        ended,
        {
            "state": State.PENDING.value,
            "epoch": {"$add": ["$epoch", 1]},
            "tries": 0,
            "revivals": 0,
            "message_id": None,
            "dlq_id": None,
            "dead_letters": [],
            "cancel": None,
            "reason": None,
            "finished": None,
            "expires_at": "$$REMOVE",
            "key": "$freed_key",
            "freed_key": "$$REMOVE",
            "not_before": due,
            "ends_by": {"$add": [due, max_age]},
            "look_at": NOW,
            "looks": 0,
            "replays": {"$concatArrays": [field("replays", []), [{"by": literal(by), "at": NOW}]]},
            **asked,
        },
        session=session,
    )


async def cancel(
    database: Database, run: Run, *, by: str, alert: Alert | None = None, session: Session | None = None
) -> Run | None:
    """At once while nothing has run; else a request that the worker sees at its settle, its successor at its claim."""
    if not run.attempts:
        end = End(state=State.CANCELLED, reason="cancelled before it began")
        return await finish(database, run, end, alert=alert, session=session)
    asked = {"cancel": {"by": literal(by), "at": NOW}}
    return await _change(database, run, unchanged(run), asked, session=session)


async def note_dead_letter(database: Database, run: Run, dlq_id: str) -> None:
    """Remember where QStash put the message, whatever became of the run. A run that was revived may have several."""
    noted = {"$set": {"dlq_id": dlq_id}, "$addToSet": {"dead_letters": dlq_id}}
    await database.runs.update_one({"_id": run.id}, noted)


async def look_later(database: Database, run: Run, *, at_most: int) -> bool:
    """Look again after twice the time (milliseconds, bounded by `at_most`). False if it moved or another looked."""
    wait = {"$min": [at_most, {"$multiply": [GRACE_MS, {"$pow": [2, field("looks", 0)]}]}]}
    same = {"_id": run.id, "state": run.state.value, "epoch": run.epoch, "fence": run.fence, "look_at": run.look_at}
    looked = await database.runs.update_one(
        same,
        [
            {
                "$set": {
                    "look_at": {"$add": [NOW, {"$toLong": wait}]},
                    "looks": {"$add": [field("looks", 0), 1]},
                }
            }
        ],
    )
    return looked.modified_count == 1


async def _change(
    database: Database, run: Run, guard: Expression, changes: dict[str, Any], *, session: Session | None = None
) -> Run | None:
    stages = [
        {"$set": {"moved": guard}},
        {"$set": {name: either("$moved", value, f"${name}") for name, value in changes.items()}},
    ]
    try:
        document = await database.runs.find_one_and_update(
            {"_id": run.id}, stages, return_document=ReturnDocument.AFTER, session=session
        )
    except DuplicateKeyError:
        if session is not None:
            raise begin_anew("lost the race for a key") from None
        return None
    return read(document) if document and document["moved"] else None
