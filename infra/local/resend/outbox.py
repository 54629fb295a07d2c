"""Webhooks that wait to be delivered: kept with the mails, in the same transactions."""

import sqlite3
from dataclasses import dataclass

from infra.local.resend.hooks import Hooks


@dataclass(frozen=True, slots=True)
class Webhook:
    """One event on its way to one who is told. `id` and `body` are the same in every attempt, and for all of them."""

    id: str
    hook: str
    body: str
    attempts: int


class Outbox:
    """Also takes events when there is nobody to tell: then it keeps none."""

    def __init__(self, database: sqlite3.Connection, hooks: Hooks) -> None:
        self._database = database
        self._hooks = hooks

    def put(self, webhook_id: str, event: str, body: str, *, at: float) -> None:
        """An `event` (`email.sent`, ..) for all who are told of its kind."""
        self._database.executemany(
            "INSERT INTO deliveries (id, hook, body, next_at) VALUES (?, ?, ?, ?)",
            [(webhook_id, hook.id, body, at) for hook in self._hooks.newest_first() if hook.wants(event)],
        )

    def due(self, now: float, *, limit: int) -> list[Webhook]:
        rows = self._database.execute(
            "SELECT * FROM deliveries WHERE next_at <= ? ORDER BY next_at, number LIMIT ?", (now, limit)
        )
        return [Webhook(row["id"], row["hook"], row["body"], row["attempts"]) for row in rows]

    def next_due(self) -> float | None:
        at: float | None = self._database.execute("SELECT min(next_at) FROM deliveries").fetchone()[0]
        return at

    def record(self, webhook: Webhook, *, next_at: float | None) -> None:
        """An attempt was made; `next_at` None: there will be no other."""
        with self._database:
            self._database.execute(
                "UPDATE deliveries SET attempts = ?, next_at = ? WHERE id = ? AND hook = ?",
                (webhook.attempts + 1, next_at, webhook.id, webhook.hook),
            )

    def clear(self) -> None:
        self._database.execute("DELETE FROM deliveries")
