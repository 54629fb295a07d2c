"""Who is told of mails: the account's webhooks, each with its own address, secret and choice of events.

One of them may be this machine's own (`LOCAL`): `PUT /local/webhook` and the command's options name it, with a secret
that is theirs to choose. The others come by `POST /webhooks`, as at Resend, which makes the secret.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from infra.local.resend.endpoint import Endpoint

LOCAL: Final = "00000000-0000-4000-8000-000000000000"
EVERY: Final = tuple(
    f"email.{kind}" for kind in ("sent", "scheduled", "delivered", "complained", "bounced", "suppressed")
)
"""What this server has to tell."""


@dataclass(frozen=True, slots=True)
class Hook:
    id: str
    endpoint: Endpoint
    events: tuple[str, ...]
    enabled: bool
    created_at: float

    def wants(self, event: str) -> bool:
        return self.enabled and event in self.events


class Hooks:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def put(self, hook: Hook) -> None:
        """A new one, or the one of this id as it is now; it keeps its place among the others."""
        kept = self.find(hook.id)
        one = hook if kept is None else replace(hook, created_at=kept.created_at)
        with self._database:
            self._database.execute(
                "INSERT INTO hooks (id, url, secret, events, enabled, created_at) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET url = excluded.url, secret = excluded.secret, "
                "events = excluded.events, enabled = excluded.enabled",
                (one.id, one.endpoint.url, one.endpoint.secret, json.dumps(one.events), one.enabled, one.created_at),
            )

    def put_local(self, endpoint: Endpoint, *, now: float, events: Sequence[str] = EVERY) -> None:
        self.put(Hook(LOCAL, endpoint, tuple(events), enabled=True, created_at=now))

    def drop(self, hook_id: str) -> None:
        with self._database:
            self._database.execute("DELETE FROM hooks WHERE id = ?", (hook_id,))

    def find(self, hook_id: str) -> Hook | None:
        row = self._database.execute("SELECT * FROM hooks WHERE id = ?", (hook_id,)).fetchone()
        return _hook(row) if row else None

    def newest_first(self) -> Iterator[Hook]:
        return map(_hook, self._database.execute("SELECT * FROM hooks ORDER BY number DESC").fetchall())


def _hook(row: sqlite3.Row) -> Hook:
    endpoint = Endpoint(row["url"], row["secret"])
    return Hook(row["id"], endpoint, tuple(json.loads(row["events"])), bool(row["enabled"]), row["created_at"])
