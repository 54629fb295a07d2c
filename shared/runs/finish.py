"""Every way into a final state: reason, retention, the business key freed unless it succeeded, an alert for failure.

The alert is a run of its own, inserted in the same transaction: if the failure is recorded, so is the mail about it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ReturnDocument

from shared.database import Collection, Database, Session, transaction
from shared.runs.model import FINAL, RETENTION, Document, Run, State, read
from shared.runs.pipeline import NOW, Expression, equal, every, field, literal, when

Alert = Callable[[Run, Session], Awaitable[None]]
"""Records, in the caller's transaction, that operators must be told of a failed run."""


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
    }
    if end.result is not None:
        changes["result"] = literal(end.result)
    if end.error is not None:
        changes["error"] = literal(dict(end.error))
    if end.state is not State.SUCCEEDED:
        changes["key"] = "$$REMOVE"
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


async def finish(database: Database, run: Run, end: End, *, alert: Alert | None) -> Run | None:
    """End a run that nobody is working on. None if it has moved since it was read: then nothing was changed."""
    runs: Collection = database.runs
    stages = [{"$set": {"ended": every(unchanged(run), free())}}, *ending(end, condition="$ended")]

    async def change(session: Session | None) -> Document | None:
        document = await runs.find_one_and_update(
            {"_id": run.id}, stages, return_document=ReturnDocument.AFTER, session=session
        )
        return document if document and document["ended"] else None

    async def change_and_tell(session: Session) -> Document | None:
        document = await change(session)
        if document and alert and document.get("raises_alert", True):
            await alert(read(document), session)
        return document

    failed = end.state is State.FAILED
    document = await (transaction(database, change_and_tell) if failed else change(None))
    return read(document) if document else None
