"""The messages: waiting, on their way, and finished (with their body for an hour, to deliver them again)."""

from dataclasses import dataclass
from sqlite3 import Row
from typing import Final

from infra.local.qstash.model import Attempt, Entry, Message, State
from infra.local.qstash.store.codec import dump_message, load_message
from infra.local.qstash.store.database import Database
from infra.local.qstash.store.filters import Filter

KEEP_BODY: Final = 3600.0
_ENTRY: Final = "due_at, seq, id, queue, flow_key"


@dataclass(frozen=True, slots=True)
class Stored:
    """A message and where it stands; without its body when it was finished long ago."""

    message: Message
    body: bytes | None
    state: State
    retried: int
    finished_at: float | None


class Messages:
    def __init__(self, database: Database) -> None:
        self._database = database

    def recover(self) -> list[Entry]:
        """All that waits, after a restart; what was on its way when the process died is sent again."""
        self._database.write("UPDATE messages SET state = 'waiting' WHERE state = 'active'")
        sql = f"SELECT {_ENTRY} FROM messages WHERE finished_at IS NULL ORDER BY due_at, seq"  # noqa: S608 - constant
        return [Entry(*row) for row in self._database.rows(sql)]

    def started(self) -> list[Entry]:
        """Waiting messages that were tried before, and so still hold their place in their queue."""
        sql = f"SELECT {_ENTRY} FROM messages WHERE finished_at IS NULL AND retried > 0"  # noqa: S608 - constant
        return [Entry(*row) for row in self._database.rows(sql)]

    def add(self, message: Message, body: bytes, due_at: float) -> Entry:
        flow_key = message.options.flow.key if message.options.flow else None
        seq = self._database.insert(
            "messages",
            id=message.id,
            state=State.WAITING,
            due_at=due_at,
            queue=message.queue,
            flow_key=flow_key,
            url=message.url,
            topic=message.topic,
            schedule_id=message.schedule_id,
            label=message.options.label,
            caller_ip=message.caller_ip,
            created_at=message.created_at,
            data=dump_message(message),
            body=body,
        )
        return Entry(due_at, seq, message.id, message.queue, flow_key)

    def claim(self, message_id: str) -> Attempt | None:
        """Mark it as on its way; None where it was cancelled meanwhile."""
        row = self._database.row(
            "UPDATE messages SET state = 'active' WHERE id = ? AND state = 'waiting' RETURNING data, body, retried",
            message_id,
        )
        return None if row is None else Attempt(load_message(row["data"]), row["body"], row["retried"])

    def retry(self, message_id: str, due_at: float) -> Entry:
        self._database.write(
            "UPDATE messages SET state = 'waiting', due_at = ?, retried = retried + 1 WHERE id = ?", due_at, message_id
        )
        sql = f"SELECT {_ENTRY} FROM messages WHERE id = ?"  # noqa: S608 - constant
        return Entry(*self._database.rows(sql, message_id)[0])

    def finish(self, message_id: str, state: State, now: float) -> None:
        self._database.write("UPDATE messages SET state = ?, finished_at = ? WHERE id = ?", state, now, message_id)

    def get(self, message_id: str) -> Stored | None:
        row = self._database.row("SELECT * FROM messages WHERE id = ?", message_id)
        return None if row is None else _stored(row)

    def live(self, where: Filter) -> list[Stored]:
        """Unfinished messages that the filter names, oldest first."""
        sql = f"SELECT * FROM messages WHERE finished_at IS NULL AND {where.sql} ORDER BY seq"  # noqa: S608 - see Filter
        return [_stored(row) for row in self._database.rows(sql, *where.values)]

    def request_cancel(self, message_id: str) -> None:
        self._database.write("UPDATE messages SET cancel = 1 WHERE id = ?", message_id)

    def cancel_requested(self, message_id: str) -> bool:
        return bool(self._database.number("SELECT cancel FROM messages WHERE id = ?", message_id))

    def waiting(self) -> int:
        return self._database.number("SELECT count(*) FROM messages WHERE finished_at IS NULL AND state = 'waiting'")

    def in_queue(self, queue: str) -> int:
        return self._database.number("SELECT count(*) FROM messages WHERE finished_at IS NULL AND queue = ?", queue)

    def in_flow(self, key: str, now: float) -> int:
        """How many are due and held back by the flow control."""
        return self._database.number(
            "SELECT count(*) FROM messages WHERE finished_at IS NULL AND flow_key = ? "
            "AND state = 'waiting' AND due_at <= ?",
            key,
            now,
        )

    def purge(self, now: float, retention: float) -> None:
        """Bodies go after an hour, the rest when the log's retention is over."""
        sql = "UPDATE messages SET body = NULL WHERE finished_at < ? AND body IS NOT NULL"
        self._database.write(sql, now - KEEP_BODY)
        self._database.write("DELETE FROM messages WHERE finished_at < ?", now - retention)


def _stored(row: Row) -> Stored:
    return Stored(
        message=load_message(row["data"]),
        body=row["body"],
        state=State(row["state"]),
        retried=row["retried"],
        finished_at=row["finished_at"],
    )
