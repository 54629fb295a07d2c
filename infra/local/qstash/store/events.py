"""The log: one row for each thing that happened to a message."""

import json
from dataclasses import dataclass
from typing import Any, Final

from infra.local.qstash.model import EventState, Message
from infra.local.qstash.store.codec import load_message
from infra.local.qstash.store.database import Database, Value
from infra.local.qstash.store.filters import Filter

RETENTION: Final = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Event:
    """`details` are the JSON keys that only this state has, such as responseStatus or nextDeliveryTime."""

    time: int
    state: str
    message_id: str
    details: dict[str, Any]
    message: Message
    body: bytes | None


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message, state: EventState, time: int, **details: object) -> None:
        self._database.insert(
            "events",
            time=time,
            message_id=message.id,
            state=state,
            url=message.url,
            queue=message.queue,
            topic=message.topic,
            schedule_id=message.schedule_id,
            label=message.options.label,
            flow_key=message.options.flow.key if message.options.flow else None,
            data=json.dumps(details),
        )

    def page(
        self, where: Filter, *, count: int, before: int | None, oldest_first: bool = False
    ) -> tuple[list[Event], int | None]:
        """The latest first, or the oldest; and where the next page begins, if there is one."""
        order, beyond = ("ASC", ">") if oldest_first else ("DESC", "<")
        values: list[Value] = list(where.values)
        paging = "1"
        if before is not None:
            paging = f"e.seq {beyond} ?"
            values.append(before)
        rows = self._database.rows(
            "SELECT e.seq, e.time, e.state, e.message_id, e.data, m.data AS message, m.body FROM "  # noqa: S608 - see Filter
            f"(SELECT * FROM events WHERE {where.sql}) e JOIN messages m ON m.id = e.message_id "
            f"WHERE {paging} ORDER BY e.seq {order} LIMIT ?",
            *values,
            count + 1,
        )
        events = [
            Event(
                row["time"],
                row["state"],
                row["message_id"],
                json.loads(row["data"]),
                load_message(row["message"]),
                row["body"],
            )
            for row in rows[:count]
        ]
        return events, rows[count - 1]["seq"] if len(rows) > count else None

    def purge(self, now: float, retention: float) -> None:
        self._database.write("DELETE FROM events WHERE time < ?", int((now - retention) * 1000))
