"""The dead letters: messages that failed for good, with the last answer they got."""

from dataclasses import dataclass
from sqlite3 import Row

from infra.local.qstash.model import Answer, Message
from infra.local.qstash.store.codec import dump_headers, dump_message, load_headers, load_message
from infra.local.qstash.store.database import Database
from infra.local.qstash.store.filters import Filter, any_of


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: str
    message: Message
    body: bytes
    answer: Answer


class Dlq:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Message, body: bytes, answer: Answer, time: int) -> str:
        """The letter's id: its time and place, as QStash's are."""
        with self._database.transaction():
            seq = self._database.insert(
                "dlq",
                id=f"new-{message.id}",
                time=time,
                message_id=message.id,
                url=message.url,
                queue=message.queue,
                topic=message.topic,
                schedule_id=message.schedule_id,
                label=message.options.label,
                flow_key=message.options.flow.key if message.options.flow else None,
                caller_ip=message.caller_ip,
                status=answer.status,
                message=dump_message(message),
                body=body,
                response_headers=dump_headers(answer.headers),
                response_body=answer.body,
            )
            dlq_id = f"{time}-{seq}"
            self._database.write("UPDATE dlq SET id = ? WHERE seq = ?", dlq_id, seq)
        return dlq_id

    def get(self, dlq_id: str) -> DeadLetter | None:
        row = self._database.row("SELECT * FROM dlq WHERE id = ?", dlq_id)
        return None if row is None else _letter(row)

    def page(
        self, where: Filter, *, count: int, after: int | None, latest_first: bool = False
    ) -> tuple[list[DeadLetter], int | None]:
        order, beyond = ("DESC", "<") if latest_first else ("ASC", ">")
        paging = Filter() if after is None else Filter(f"seq {beyond} ?", (after,))
        condition = where & paging
        rows = self._database.rows(
            f"SELECT * FROM dlq WHERE {condition.sql} ORDER BY seq {order} LIMIT ?",  # noqa: S608 - see Filter
            *condition.values,
            count + 1,
        )
        return [_letter(row) for row in rows[:count]], rows[count - 1]["seq"] if len(rows) > count else None

    def delete(self, ids: list[str]) -> int:
        """How many there were."""
        condition = any_of("id", ids)
        return self._database.write(
            f"DELETE FROM dlq WHERE {condition.sql}",  # noqa: S608 - see Filter
            *condition.values,
        )

    def purge(self, now: float, retention: float) -> None:
        self._database.write("DELETE FROM dlq WHERE time < ?", int((now - retention) * 1000))


def _letter(row: Row) -> DeadLetter:
    answer = Answer(row["status"], load_headers(row["response_headers"]), row["response_body"])
    return DeadLetter(row["id"], load_message(row["message"]), row["body"], answer)
