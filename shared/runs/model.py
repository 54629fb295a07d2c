"""The record of a run as the rest of the code sees it, and its states."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class State(StrEnum):
    PENDING = "pending"
    """Accepted, not yet with QStash."""
    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL: Final = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
ATTEMPTS_KEPT: Final = 50
RETENTION: Final = timedelta(days=30)
"""How long a finished run can still be read and replayed."""

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One run as it was read; times are milliseconds since the epoch by the store's clock."""

    id: str
    job: str
    version: int
    owner: str
    state: State
    payload: str
    """JSON: the store never sees into it (a `$` in it is no field, a large integer no error)."""
    leg: int
    epoch: int
    tries: int
    fence: int
    created: int
    not_before: int
    ends_by: int
    lease: int = 0
    look_at: int = 0
    looks: int = 0
    revivals: int = 0
    raises_alert: bool = True
    key: str | None = None
    freed_key: str | None = None
    """What it was known by before it ended without success; a replay takes it back."""
    cursor: str | None = None
    cursor_version: int | None = None
    """None for a cursor that is no other than the payload's."""
    result: str | None = None
    message_id: str | None = None
    dlq_id: str | None = None
    """The last of its `dead_letters`: where QStash put the messages that it gave up, since the last replay."""
    dead_letters: tuple[str, ...] = ()
    reason: str | None = None
    finished: int | None = None
    error: Mapping[str, Any] | None = None
    cancel: Mapping[str, Any] | None = None
    progress: Mapping[str, Any] | None = None
    """How far the work is, where its job says so (progress.py)."""
    notify: str | None = None
    """The id of the API key whose webhook is told of the run's end."""
    attempts: tuple[Mapping[str, Any], ...] = ()

    @property
    def newest(self) -> int:
        """The version that code must know to work on it: its payload's or its cursor's."""
        return max(self.version, self.cursor_version or 0)

    @property
    def interrupted(self) -> bool:
        """Whether an attempt began and never settled: what it did to the world is not known here."""
        return any("ended" not in attempt for attempt in self.attempts)

    @property
    def dedup_id(self) -> str:
        """QStash's deduplication id: the same intention has the same one, a new intention never (case 2)."""
        return f"{self.id}.{self.leg}.{self.epoch}"

    def read_cursor(self) -> Any:
        """Where the last leg stopped; None in the first one."""
        return None if self.cursor is None else json.loads(self.cursor)


def read(document: Mapping[str, Any]) -> Run:
    """A record from the store, with what newer code added to the shape filled in."""
    known = {name: document[name] for name in _FIELDS if name in document}
    known |= {name: tuple(document.get(name, ())) for name in ("attempts", "dead_letters")}
    return Run(id=document["_id"], **(known | {"state": State(document["state"])}))


_FIELDS: Final = tuple(name for name in Run.__slots__ if name != "id")


def instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def milliseconds(moment: datetime) -> int:
    """Since the epoch, as records have it."""
    return round(moment.timestamp() * 1000)


def to_json(value: object) -> str:
    """Payloads, cursors and results on their way into the store."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
