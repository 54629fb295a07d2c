"""How a run's record comes to be: the same whether it is enqueued, or brought along by a plain delivery or a cron."""

from dataclasses import dataclass
from typing import Any

from shared.runs.model import State
from shared.runs.pipeline import NOW, Expression, literal

GRACE_MS = 5 * 60_000
"""How long after its time a run may be quiet before the relay looks at it, at first."""
PENDING_GRACE_MS = 30_000
"""How long whoever accepted a run has to publish it, before the relay does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """A run that is about to be accepted. Times are milliseconds; `payload` is JSON."""

    id: str
    job: str
    version: int
    owner: str
    payload: str
    max_age: int
    delay: int = 0
    key: str | None = None
    state: State = State.PENDING
    raises_alert: bool = True
    notify: str | None = None


def create(new: NewRun) -> Expression:
    """A `$set` stage that fills an absent record and changes nothing of one that is there."""
    due = {"$add": [NOW, new.delay]}
    fields: dict[str, Any] = {
        "_id": literal(new.id),
        "job": literal(new.job),
        "version": new.version,
        "owner": literal(new.owner),
        "payload": literal(new.payload),
        "raises_alert": literal(new.raises_alert),
        "state": literal(new.state.value),
        "leg": 0,
        "epoch": 0,
        "tries": 0,
        "fence": 0,
        "created": NOW,
        "not_before": due,
        "ends_by": {"$add": [due, new.max_age]},
        "look_at": {"$add": [NOW, PENDING_GRACE_MS]} if new.state is State.PENDING else {"$add": [due, GRACE_MS]},
    }
    fields |= {name: literal(value) for name in ("key", "notify") if (value := getattr(new, name)) is not None}
    there = {"$ne": [{"$type": "$state"}, "missing"]}
    return {"$set": {name: {"$cond": [there, f"${name}", value]} for name, value in fields.items()}}
