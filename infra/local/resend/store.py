"""Mails and idempotency keys at rest.

Writes belong inside `transaction()`, so that a call is kept whole or not at all.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.local.resend.mail import NOT_SENT, Draft, Mail


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered under an idempotency key, and to which payload."""

    key: str
    fingerprint: str
    answer: dict[str, Any]
    created_at: float


class Store:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._database:
            yield

    def add(self, mail: Mail) -> None:
        self._database.execute(
            "INSERT INTO mails (id, draft, key, calls, created_at, send_at, sent_at, last_event)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                mail.id,
                json.dumps(mail.draft.as_json()),
                mail.key,
                mail.calls,
                mail.created_at,
                mail.send_at,
                mail.sent_at,
                mail.last_event,
            ),
        )

    def update(self, mail: Mail) -> None:
        """Write what can change after acceptance."""
        self._database.execute(
            "UPDATE mails SET send_at = ?, sent_at = ?, last_event = ? WHERE id = ?",
            (mail.send_at, mail.sent_at, mail.last_event, mail.id),
        )

    def find(self, mail_id: str) -> Mail | None:
        row = self._database.execute("SELECT * FROM mails WHERE id = ?", (mail_id,)).fetchone()
        return _mail(row) if row else None

    def newest_first(self) -> Iterator[Mail]:
        return map(_mail, self._database.execute("SELECT * FROM mails ORDER BY number DESC"))

    def sent(self) -> Iterator[Mail]:
        """Every mail that left, oldest first."""
        rows = self._database.execute("SELECT * FROM mails WHERE last_event NOT IN (?, ?) ORDER BY number", NOT_SENT)
        return map(_mail, rows)

    def due(self, now: float) -> list[Mail]:
        rows = self._database.execute(
            "SELECT * FROM mails WHERE last_event = 'scheduled' AND send_at <= ? ORDER BY send_at, number",
            (now,),
        )
        return list(map(_mail, rows))

    def next_due(self) -> float | None:
        query = "SELECT min(send_at) FROM mails WHERE last_event = 'scheduled'"
        at: float | None = self._database.execute(query).fetchone()[0]
        return at

    def keep(self, kept: KeptAnswer) -> None:
        self._database.execute(
            "INSERT OR REPLACE INTO keys (key, fingerprint, answer, created_at) VALUES (?, ?, ?, ?)",
            (kept.key, kept.fingerprint, json.dumps(kept.answer), kept.created_at),
        )

    def recall(self, key: str) -> KeptAnswer | None:
        row = self._database.execute("SELECT * FROM keys WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        return KeptAnswer(row["key"], row["fingerprint"], json.loads(row["answer"]), row["created_at"])

    def count_call(self, kept: KeptAnswer) -> None:
        """One more call named the key; an older mail under the same key, past its window, is not meant."""
        self._database.execute(
            "UPDATE mails SET calls = calls + 1 WHERE key = ? AND created_at = ?", (kept.key, kept.created_at)
        )

    def clear(self) -> int:
        """Forget mails and keys; returns how many mails there were."""
        self._database.execute("DELETE FROM keys")
        return self._database.execute("DELETE FROM mails").rowcount


def _mail(row: sqlite3.Row) -> Mail:
    return Mail(
        id=row["id"],
        draft=Draft.from_json(json.loads(row["draft"])),
        key=row["key"],
        calls=row["calls"],
        created_at=row["created_at"],
        send_at=row["send_at"],
        sent_at=row["sent_at"],
        last_event=row["last_event"],
    )
