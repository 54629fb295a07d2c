"""Webhooks that wait to be delivered: kept with the mails, in the same transactions."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event on its way. `id` and `body` are the same in every attempt."""

    id: str
    body: str
    attempts: int


class Outbox:
    """Also takes events when there is nobody to tell (`is_open` answers false): then it keeps none."""

    def __init__(self, database: sqlite3.Connection, *, is_open: Callable[[], bool]) -> None:
        self._database = database
        self._is_open = is_open

    def put(self, webhook_id: str, body: str, *, at: float) -> None:
        if self._is_open():
            self._database.execute("INSERT INTO webhooks (id, body, next_at) VALUES (?, ?, ?)", (webhook_id, body, at))

    def due(self, now: float, *, limit: int) -> list[Webhook]:
        rows = self._database.execute(
            "SELECT * FROM webhooks WHERE next_at <= ? ORDER BY next_at, number LIMIT ?", (now, limit)
        )
        return [Webhook(row["id"], row["body"], row["attempts"]) for row in rows]

    def next_due(self) -> float | None:
        at: float | None = self._database.execute("SELECT min(next_at) FROM webhooks").fetchone()[0]
        return at

    def record(self, webhook: Webhook, *, next_at: float | None) -> None:
        """An attempt was made; `next_at` None: there will be no other."""
        with self._database:
            self._database.execute(
                "UPDATE webhooks SET attempts = ?, next_at = ? WHERE id = ?",
                (webhook.attempts + 1, next_at, webhook.id),
            )

    def clear(self) -> None:
        self._database.execute("DELETE FROM webhooks")
