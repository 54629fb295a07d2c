"""Every way into a final state: reason, retention, the business key freed unless it succeeded, and who is told of it.

Who is told has a run of its own, inserted in the same transaction: if the end is recorded, so is the mail or the
webhook about it.

    ended as     operators, by a digest                       the server that started it, by its webhook
    failed       unless raises_alert says no, or no           } where the run says `notify`
                 operator could mend it                       }
    succeeded                                                 }
    cancelled                                                 }

Only an end that somebody may have to be told of takes a transaction; any other is one write.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pymongo import ReturnDocument

from shared.database import Collection, Database, Session, transaction
from shared.runs.model import FINAL, RETENTION, Document, Run, State, read
from shared.runs.pipeline import NOW, Expression, equal, every, field, literal, when

Alert = Callable[[Run, Session], Awaitable[None]]
"""Records, in the transaction of a run's end, who must be told of it. Its `raises_alert` speaks of this end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a run ends. `result` is JSON; `error` is data fit for its owner's eyes."""

    state: State
    reason: str
    result: str | None = None
    error: Mapping[str, Any] | None = None


def ending(end: End, *, condition: Expression) -> list[Expression]:
    """Pipeline stages that end a run where `condition` (over fields of the record) holds."""
    changes: dict[str, Expression] = {
        "state": end.state.value,
        "reason": literal(end.reason),
        "finished": NOW,
        "expires_at": {"$toDate": {"$add": [NOW, int(RETENTION.total_seconds() * 1000)]}},
        "holder": None,
        "lease": 0,
        "progress": "$$REMOVE",
    }
    if end.result is not None:
        changes["result"] = literal(end.result)
    if end.error is not None:
        changes["error"] = literal(dict(end.error))
    if end.state is not State.SUCCEEDED:
        changes |= {"key": "$$REMOVE", "freed_key": "$key"}
    return [when(condition, changes)]


def unchanged(run: Run) -> Expression:
    """That nobody moved the run since it was read: the guard for ends that no owner brings about."""
    return every(
        equal("$state", run.state.value),
        equal("$epoch", run.epoch),
        equal("$fence", run.fence),
        {"$not": [{"$in": ["$state", [state.value for state in FINAL]]}]},
    )


def free() -> Expression:
    """That nobody works on the run now. A holder who came back late may have renewed the lease that had run out."""
    return {"$or": [{"$ne": ["$state", State.RUNNING.value]}, {"$lte": [field("lease", 0), NOW]}]}


def telling(ended: Run) -> str:
    """The id of the run that tells the server of this end. A replay raises the epoch, and ends in another one."""
    return f"{ended.id}-{ended.epoch}"


async def tell(alert: Alert | None, run: Run, session: Session, *, alarming: bool = True) -> None:
    """What is told of the run as it is now. `alarming` is False for a failure that no operator could mend."""
    failed = run.state is State.FAILED and alarming and run.raises_alert
    if alert and (failed or (run.notify and run.state in FINAL)):
        await alert(replace(run, raises_alert=failed), session)


async def finish(
    database: Database, run: Run, end: End, *, alert: Alert | None, session: Session | None = None
) -> Run | None:
    """End a run that nobody is working on. None if it has moved since it was read: then nothing was changed.

    `session` is that of a transaction which this is to be a part of.
    """
    runs: Collection = database.runs
    stages = [{"$set": {"ended": every(unchanged(run), free())}}, *ending(end, condition="$ended")]

    async def change(session: Session | None) -> Document | None:
        document = await runs.find_one_and_update(
            {"_id": run.id}, stages, return_document=ReturnDocument.AFTER, session=session
        )
        return document if document and document["ended"] else None

    async def change_and_tell(session: Session) -> Document | None:
        document = await change(session)
        if document:
            await tell(alert, read(document), session)
        return document

    if session is not None:
        document = await change_and_tell(session)
    else:
        told = end.state is State.FAILED or run.notify
        document = await (transaction(database, change_and_tell) if told else change(None))
    return read(document) if document else None
