"""What the worker says when it stops: conditional on owner and fence, so that a stale one settles nothing.

A settle whose answer was lost may be repeated: the record remembers who settled last. Follow-up runs are inserted in
the same transaction, so that they exist exactly when the outcome does; and so is what tells of an end (finish.py).

    outcome      state after                          next
    succeeded    succeeded                            follow-ups are published
    failed       failed                               operators are told, unless it was a bad request
    retrying     retrying | cancelled if requested    QStash delivers the same message again
    continued    pending  | cancelled if requested    leg + 1 and epoch + 1 are published
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pymongo import ReturnDocument

from shared.database import Database, Session, transaction
from shared.runs.finish import Alert, End, ending, tell
from shared.runs.model import Document, Run, State, read
from shared.runs.pipeline import NOW, Expression, either, equal, every, field, literal, when
from shared.runs.record import GRACE_MS, PENDING_GRACE_MS

Insert = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Succeeded:
    word: ClassVar = "succeeded"

    result: str | None
    """JSON."""


@dataclass(frozen=True, slots=True)
class Failed:
    word: ClassVar = "failed"

    reason: str
    error: Mapping[str, Any]
    alarming: bool = True
    """False where no operator could mend it: the run's owner asked for what can't be done."""


@dataclass(frozen=True, slots=True)
class Retrying:
    word: ClassVar = "retrying"

    wait: float
    """Seconds until it may be claimed again."""
    error: Mapping[str, Any]
    counted: bool = True
    """False gives the try back: the deployment was wrong, or a breaker open, and the effect was not tried."""


@dataclass(frozen=True, slots=True)
class Continued:
    word: ClassVar = "continued"

    cursor: str
    """JSON: where the next leg goes on."""
    wait: float = 0.0
    """Seconds until it may be claimed."""
    version: int = 1
    """Of the cursor."""


Outcome = Succeeded | Failed | Retrying | Continued
"""Each has a `word`, which its attempt is stored under."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The proof of owning a run: the invocation's token and the fence that its claim was given."""

    run_id: str
    token: str
    fence: int
    notifies: bool = False
    """Whether somebody waits to be told of the run's end: then a settle may have more than one thing to write."""


async def settle(
    database: Database,
    holder: Holder,
    outcome: Outcome,
    *,
    alert: Alert | None = None,
    insert: Insert | None = None,
) -> Run | None:
    """Record the outcome. None when the holder has lost the run: its outcome counts for nothing."""
    stages = _stages(holder, outcome)

    async def change(session: Session | None) -> Run | None:
        document = await database.runs.find_one_and_update(
            {"_id": holder.run_id}, stages, return_document=ReturnDocument.AFTER, session=session
        )
        return read(document) if document and _settled_by(document, holder) else None

    async def change_and_insert(session: Session) -> Run | None:
        run = await change(session)
        if run and insert and run.state is not State.CANCELLED:
            await insert(session)
        if run:
            await tell(alert, run, session, alarming=alarming)
        return run

    alarming = isinstance(outcome, Failed) and outcome.alarming
    alone = insert is None and not alarming and not holder.notifies
    return await (change(None) if alone else transaction(database, change_and_insert))


def _settled_by(document: Document, holder: Holder) -> bool:
    settled = document.get("settled") or {}
    return (settled.get("by"), settled.get("fence")) == (holder.token, holder.fence)


def _stages(holder: Holder, outcome: Outcome) -> list[Expression]:
    owns = every(equal("$state", State.RUNNING), equal("$holder", literal(holder.token)), equal("$fence", holder.fence))
    wanted = {"$ne": [field("cancel", None), None]}
    match outcome:
        case Succeeded(result):
            moves = ending(End(state=State.SUCCEEDED, reason="succeeded", result=result), condition="$settling.owns")
        case Failed(reason, error):
            moves = ending(End(state=State.FAILED, reason=reason, error=error), condition="$settling.owns")
        case Retrying(wait, error, counted):
            tries = "$tries" if counted else {"$subtract": ["$tries", 1]}
            failing = {"state": State.RETRYING.value, "error": literal(dict(error)), "tries": tries}
            moves = _unless_cancelled({**failing, **_later(wait)})
        case Continued(cursor, wait, version):
            moves = _unless_cancelled(
                {
                    "state": State.PENDING.value,
                    "cursor": literal(cursor),
                    "cursor_version": version,
                    "leg": {"$add": ["$leg", 1]},
                    "epoch": {"$add": ["$epoch", 1]},
                    "tries": 0,
                    "revivals": 0,
                    "message_id": None,
                    **_later(wait),
                    "look_at": {"$add": [NOW, PENDING_GRACE_MS]},
                }
            )
    fault = outcome.error if isinstance(outcome, Failed | Retrying) else None
    return [
        {"$set": {"settling": {"owns": owns, "cancelled": wanted}}},
        when(
            "$settling.owns",
            {
                "settled": {"by": literal(holder.token), "fence": holder.fence, "at": NOW},
                "attempts": _closed(holder.fence, outcome.word, fault),
            },
        ),
        *moves,
        {"$unset": "settling"},
    ]


def _later(wait: float) -> dict[str, Expression]:
    milliseconds = int(wait * 1000)
    return {
        "not_before": {"$add": [NOW, milliseconds]},
        "look_at": {"$add": [NOW, milliseconds + GRACE_MS]},
        "looks": 0,
        "holder": None,
        "lease": 0,
    }


def _unless_cancelled(changes: dict[str, Expression]) -> list[Expression]:
    stop = every("$settling.owns", "$settling.cancelled")
    go_on = every("$settling.owns", {"$not": ["$settling.cancelled"]})
    return [
        when(go_on, changes),
        *ending(End(state=State.CANCELLED, reason="cancelled on request"), condition=stop),
    ]


def _closed(fence: int, outcome: str, error: Mapping[str, Any] | None) -> Expression:
    end = {"ended": NOW, "outcome": outcome} | ({"error": literal(dict(error))} if error else {})
    this = equal("$$attempt.fence", fence)
    return {
        "$map": {
            "input": "$attempts",
            "as": "attempt",
            "in": either(this, {"$mergeObjects": ["$$attempt", end]}, "$$attempt"),
        }
    }


async def renew(database: Database, holder: Holder, lease: float) -> bool:
    """A heartbeat: the lease from now on, in seconds. False when the run is lost, or its cancellation was requested."""
    document: Document | None = await database.runs.find_one_and_update(
        {"_id": holder.run_id, "holder": holder.token, "fence": holder.fence, "state": State.RUNNING.value},
        [
            {
                "$set": {
                    "lease": {"$add": [NOW, int(lease * 1000)]},
                    "look_at": {"$add": [NOW, int(lease * 1000) + GRACE_MS]},
                }
            }
        ],
        projection={"cancel": 1},
        return_document=ReturnDocument.AFTER,
    )
    return document is not None and not document.get("cancel")
